// Follow faces from frame to frame and smooth what is read of each: as ferkit/faces/track.py.

const OVERLAP = 0.2; // least intersection over union of one face in two frames
const PATIENCE = 15; // frames after which a face that is missing is forgotten

export class Tracker {
  smoothing = 0.6; // the weight of a face's earlier frames, in [0, 1)
  #tracks = new Map(); // id -> { face, missed }
  #next = 1;

  /** The faces of a frame -> the same with `id` and what is shown of them, smoothed: `shown`, of each network in `all`, and
   * `heat` { values, width, height } of the first. */
  update(faces) {
    const before = this.#matched(faces);
    const seen = faces.map((face, i) => this.#followed(face, before[i]));
    for (const [id, track] of this.#tracks) if (++track.missed > PATIENCE) this.#tracks.delete(id);
    for (const face of seen) this.#tracks.set(face.id, { face, missed: 0 });
    return seen;
  }

  #followed(face, old) {
    const mix = (past, now) => now.map((value, i) => this.smoothing * past[i] + (1 - this.smoothing) * value);
    const all = face.all.map((answer, n) => {
      const [now, past] = [Float64Array.from(answer.probabilities), old?.all[n]?.shown];
      return { ...answer, shown: past?.length === now.length ? mix(past, now) : now };
    });
    const same = old?.heat && face.maps && old.heat.values.length === face.maps.values.length;
    const heat = same ? { ...face.maps, values: mix(old.heat.values, face.maps.values) } : face.maps;
    return { ...face, id: old?.id ?? this.#next++, all, shown: all[0].shown, heat };
  }

  /** The face of an earlier frame for each, the best pairs first; each only once. */
  #matched(faces) {
    const tracks = [...this.#tracks.values()].map(({ face }) => face);
    const pairs = faces.flatMap((face, i) => tracks.map((track, j) => ({ i, j, overlap: iou(face.box, track.box) })));
    const matched = faces.map(() => null);
    const used = new Set();
    for (const { i, j, overlap } of pairs.sort((a, b) => b.overlap - a.overlap)) {
      if (overlap < OVERLAP || matched[i] || used.has(j)) continue;
      matched[i] = tracks[j];
      used.add(j);
    }
    return matched;
  }
}

function iou(a, b) {
  const wide = Math.min(a.x + a.w, b.x + b.w) - Math.max(a.x, b.x);
  const high = Math.min(a.y + a.h, b.y + b.h) - Math.max(a.y, b.y);
  const both = Math.max(0, wide) * Math.max(0, high);
  return both / Math.max(1e-9, a.w * a.h + b.w * b.h - both);
}

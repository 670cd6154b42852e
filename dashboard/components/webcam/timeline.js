// What was read in the last minutes, kept in this tab alone: a chart of the face in front, and every face as CSV.
import { percent } from "./bars.js";
import { element } from "./element.js";

const KEPT = 10 * 60_000; // milliseconds
const WINDOW = [30_000, 5 * 60_000]; // milliseconds: what the chart shows, at least and at most
const EVERY = 400; // milliseconds between two drawings
const HELD = 3000; // milliseconds: a longer pause between two readings is a gap
const COLUMN = 2; // pixels
const kept = []; // { at, run, classes, faces: [{ id, shown, unsure, corrected }], main }, `beside` of a second run: of the page, so another page and back loses nothing

const clock = (seconds) => `${Math.floor(seconds / 60)}:${String(Math.round(seconds % 60)).padStart(2, "0")}`;

export class Timeline {
  #drawn = 0;

  /** Builds its part of the page into `place`; `tools.saveCsv(rows, name)` saves a table. */
  constructor(place, { saveCsv }) {
    this.canvas = element("canvas", { role: "img" });
    this.canvas.setAttribute("aria-label", "Probabilities of the face in front over the last minutes");
    this.tip = element("div", { className: "tip", hidden: true });
    this.ticks = element("div", { className: "ticks" });
    this.csv = element("button", { type: "button", textContent: "Download as CSV", onclick: () => saveCsv(table(kept), "webcam") });
    this.clear = element("button", { type: "button", textContent: "Clear", onclick: () => (kept.splice(0), this.draw()) });
    const head = element("div", { className: "head" }, element("h4", { textContent: "The last minutes" }), this.csv, this.clear);
    this.plot = element("div", { className: "plot" }, this.canvas, this.tip);
    this.note = element("p", { className: "note" });
    place.replaceChildren(head, this.plot, this.ticks, this.note);
    this.plot.onpointermove = (event) => this.#point(event);
    this.plot.onpointerleave = () => (this.tip.hidden = true);
    this.place = place;
  }

  /** The classes of the run that is shown. */
  use({ classes, colours }) {
    Object.assign(this, { classes, colours });
    this.draw();
  }

  /** What each of `readers` read in a frame. */
  add(readers, faces, main) {
    const at = Date.now();
    readers.forEach(({ run, classes }, n) => {
      const read = faces.filter(({ small }) => !small).map(({ id, all, corrected = false }) => ({ id, shown: all[n].shown, unsure: all[n].unsure, corrected }));
      kept.push({ at, run, classes, faces: read, main, beside: n > 0 });
    });
    while (kept[0].at < at - KEPT) kept.shift();
    if (at - this.#drawn > EVERY) this.draw();
  }

  draw() {
    this.#drawn = Date.now();
    this.place.hidden = !kept.length;
    if (!kept.length || !this.classes) return;
    const ratio = Math.min(devicePixelRatio, 2);
    const { canvas } = this;
    [canvas.width, canvas.height] = [canvas.clientWidth * ratio, canvas.clientHeight * ratio].map(Math.round);
    const brush = canvas.getContext("2d");
    this.columns().forEach((values, column) => {
      let below = canvas.height;
      values?.forEach((value, k) => {
        const high = value * canvas.height;
        brush.fillStyle = this.colours[this.classes[k]];
        brush.fillRect(column * COLUMN * ratio, below - high, COLUMN * ratio + 0.5, high + 0.5);
        below -= high;
      });
    });
    const times = [1, 0.75, 0.5, 0.25].map((share) => element("span", { textContent: `−${clock((share * this.span) / 1000)}` }));
    this.ticks.replaceChildren(...times, element("span", { textContent: "now" }));
    const several = new Set(kept.flatMap(({ faces }) => faces.map(({ id }) => id))).size > 1;
    this.note.textContent = `Smoothed probabilities, colours as in the bars${several ? ", of the face in front; the CSV has every face" : ""}. Gaps: no face. Kept in this tab for ten minutes, sent nowhere.`;
  }

  /** The mean of the main face's probabilities for each column of the chart; null where there was none. */
  columns() {
    const end = kept.at(-1).at;
    this.span = Math.min(WINDOW[1], Math.max(WINDOW[0], end - kept[0].at));
    const count = Math.max(1, Math.floor(this.canvas.clientWidth / COLUMN));
    const sums = Array.from({ length: count }, () => undefined); // null: read, and no face
    const same = this.classes.join("\n");
    for (let i = kept.length - 1; i >= 0 && kept[i].at > end - this.span; i--) {
      if (kept[i].beside) continue;
      const face = kept[i].faces.find(({ id }) => id === kept[i].main);
      const column = Math.min(count - 1, Math.floor(((kept[i].at - end + this.span) / this.span) * count));
      if (!face || kept[i].classes.join("\n") !== same) sums[column] ??= null;
      else {
        sums[column] ??= { n: 0, values: new Float64Array(this.classes.length) };
        sums[column].n += 1;
        face.shown.forEach((value, k) => (sums[column].values[k] += value));
      }
    }
    const means = sums.map((sum) => sum && sum.values.map((value) => value / sum.n));
    return held(means, Math.ceil((HELD / this.span) * count));
  }

  #point(event) {
    if (!kept.length) return;
    const { left, width } = this.canvas.getBoundingClientRect();
    const share = Math.min(1, Math.max(0, (event.clientX - left) / width));
    const columns = this.columns();
    const values = columns[Math.min(columns.length - 1, Math.floor(share * columns.length))];
    const best = values && this.classes.map((name, k) => [name, values[k]]).sort((a, b) => b[1] - a[1]).slice(0, 3);
    const ago = clock(((1 - share) * this.span) / 1000);
    this.tip.textContent = `${ago} ago: ${best ? best.map(([name, value]) => `${name} ${percent(value)}`).join(", ") : "no face"}`;
    this.tip.style.left = `${100 * share}%`;
    this.tip.classList.toggle("turned", share > 0.5);
    this.tip.hidden = false;
  }
}

/** Where columns are closer than readings: the last value, for at most `most` columns. */
function held(values, most) {
  let [last, since] = [null, 0];
  return values.map((value) => {
    [last, since] = value === undefined ? [last, since + 1] : [value, 0];
    return since <= most ? last : null;
  });
}

/** A row for each face of each reading; classes of all runs that were read with. */
function table(readings) {
  const classes = [...new Set(readings.flatMap((reading) => reading.classes))];
  const rows = readings.flatMap(({ at, run, classes: own, faces }) =>
    faces.map(({ id, shown, unsure, corrected }) => {
      const best = shown.indexOf(Math.max(...shown));
      const values = classes.map((name) => (own.includes(name) ? Number(shown[own.indexOf(name)].toFixed(4)) : ""));
      return [new Date(at).toISOString(), Number(((at - readings[0].at) / 1000).toFixed(3)), run, id, own[best], unsure ? "yes" : "no", corrected ? "yes" : "no", ...values];
    }),
  );
  return [["time", "seconds", "run", "face", "emotion", "unsure", "against neutral", ...classes], ...rows];
}

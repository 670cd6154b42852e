// What was read of a video: who is where, and how likely each emotion is, at any moment.
const first = (values, at) => {
  // the first index whose value is above `at`
  let [low, high] = [0, values.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    values[middle] > at ? (high = middle) : (low = middle + 1);
  }
  return low;
};
const top = (shown) => shown.indexOf(Math.max(...shown));

function unpack(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = view.getUint32(0, true);
  const reading = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length)));
  const film = bytes.subarray(4 + length);
  return [reading, new Blob([film], { type: film[0] === 0x1a ? "video/webm" : "video/mp4" })];
}

// Each reading as the mean of its face's readings at most 4 sigma away, weighted by a Gaussian: as `smoothed` in ferkit/predict/timeline.py.
function smooth(face, sigma) {
  if (sigma <= 0) return face.probabilities;
  const { times, probabilities } = face;
  return times.map((time, i) => {
    const sum = probabilities[i].map(() => 0);
    let total = 0;
    for (let j = first(times, time - 4 * sigma); j < times.length && times[j] <= time + 4 * sigma; j++) {
      const weight = Math.exp(-0.5 * ((times[j] - time) / sigma) ** 2);
      probabilities[j].forEach((p, k) => (sum[k] += weight * p));
      total += weight;
    }
    return sum.map((p) => p / total);
  });
}

// A face's box and probabilities at a moment, interpolated between its readings; null where it is not in the frame.
function at(face, time) {
  const i = first(face.times, time + 1e-3) - 1;
  if (i < 0 || time >= face.until[i]) return null;
  const next = face.times[i + 1];
  if (next === undefined || face.until[i] < next) return { box: face.boxes[i], shown: face.smooth[i] };
  const share = Math.max(0, (time - face.times[i]) / (next - face.times[i]));
  const mix = (a, b) => a.map((value, k) => value + share * (b[k] - value));
  return { box: mix(face.boxes[i], face.boxes[i + 1]), shown: mix(face.smooth[i], face.smooth[i + 1]) };
}

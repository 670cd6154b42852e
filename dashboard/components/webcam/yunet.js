// Faces by YuNet: the copy that is searched, and boxes and landmarks from the network's outputs, as ferkit/faces/detect.py and OpenCV's
// FaceDetectorYN have them. Wu et al. 2023, YuNet: A Tiny Millisecond-level Face Detector, doi:10.1007/s11633-023-1423-y.
import { round } from "./crop.js";

const STRIDES = [8, 16, 32];
const MULTIPLE = 32; // pixels: sides are padded to it with black
const SURE = 0.7; // least score
const NMS = 0.3; // intersection over union from which the lower score is dropped, of whole pixels
const NAMED = 1 / 3; // of the smallest face that is read
const SAME_FACE = 0.5; // of the smaller box within the other: both are the same face

/** RGBA (height × width) -> { data: float32 BGR (3, rows, columns), rows, columns, width, height, scale }; its longest side is at most `side`. */
export function searched(rgba, width, height, side) {
  const scale = Math.min(1, side / Math.max(width, height));
  const skip = Math.max(1, Math.trunc(Math.trunc(1 / scale) / 2)); // a large picture is thinned first
  const [w, h] = [width, height].map((length) => Math.max(1, round(length * scale)));
  const across = areas(Math.ceil(width / skip), w);
  const down = areas(Math.ceil(height / skip), h);
  const [columns, rows] = [w, h].map((length) => Math.ceil(length / MULTIPLE) * MULTIPLE);
  const data = new Float32Array(3 * rows * columns);
  const plane = rows * columns;
  for (let y = 0; y < h; y++) {
    for (let x = 0; x < w; x++) {
      let [b, g, r] = [0, 0, 0];
      for (let i = 0; i < down[y].weights.length; i++) {
        const line = (down[y].first + i) * skip * width;
        for (let j = 0; j < across[x].weights.length; j++) {
          const at = 4 * (line + (across[x].first + j) * skip);
          const weight = down[y].weights[i] * across[x].weights[j];
          r += weight * rgba[at];
          g += weight * rgba[at + 1];
          b += weight * rgba[at + 2];
        }
      }
      const to = y * columns + x;
      data[to] = Math.round(b);
      data[plane + to] = Math.round(g);
      data[2 * plane + to] = Math.round(r);
    }
  }
  return { data, rows, columns, width: w, height: h, scale };
}

/** Which pixels each of `to` new ones is the mean of, by the share of each that it covers. */
function areas(from, to) {
  const wide = from / to;
  return Array.from({ length: to }, (_, i) => {
    const [begin, end] = [i * wide, Math.min(from, (i + 1) * wide)];
    const first = Math.floor(begin + 1e-6);
    const last = Math.max(first + 1, Math.ceil(end - 1e-6));
    const covered = Array.from({ length: last - first }, (_, k) => Math.min(end, first + k + 1) - Math.max(begin, first + k));
    const total = covered.reduce((a, b) => a + b, 0);
    return { first, weights: covered.map((share) => share / total) };
  });
}

/** The network's outputs -> boxes { x, y, w, h, score, landmarks, small } in whole pixels of the picture, the largest first; those
 * of less than `smallest` of the shorter side, down to `NAMED` of that, are small: to be named, not read. `landmarks` are [x, y]
 * of both eyes, the nose and both corners of the mouth, not rounded. */
export function boxesOf(outputs, copy, width, height, smallest) {
  const least = smallest * Math.min(copy.width, copy.height);
  const found = suppressed(candidates(outputs, copy), iou, NMS)
    .filter(({ h }) => h >= NAMED * least)
    .map((box) => ({ ...grown(box, 1 / copy.scale), small: box.h < least }));
  const read = suppressed(found.filter(({ small }) => !small), ofSmaller, SAME_FACE - 1e-9);
  const rest = suppressed(found.filter((box) => box.small && read.every((other) => ofSmaller(box, other) < SAME_FACE)), ofSmaller, 0);
  return [...read, ...rest]
    .map((box) => clipped(box, width, height))
    .filter(({ w, h }) => w > 0 && h > 0)
    .sort((a, b) => b.w * b.h - a.w * a.h);
}

const grown = ({ x, y, w, h, score, landmarks }, by) => ({
  x: x * by, y: y * by, w: w * by, h: h * by, score, landmarks: landmarks.map((place) => place.map((value) => value * by)),
});

/** A box at each place whose score √(class · object) is high enough. */
function candidates(outputs, { rows, columns }) {
  const found = [];
  for (const stride of STRIDES) {
    const [classes, objects, boxes, points] = ["cls", "obj", "bbox", "kps"].map((name) => outputs[`${name}_${stride}`].data);
    const across = columns / stride;
    for (let at = 0; at < across * (rows / stride); at++) {
      const score = Math.sqrt(unit(classes[at]) * unit(objects[at]));
      if (score <= SURE) continue;
      const w = Math.exp(boxes[4 * at + 2]) * stride;
      const h = Math.exp(boxes[4 * at + 3]) * stride;
      const [column, row] = [at % across, Math.floor(at / across)];
      const x = (column + boxes[4 * at]) * stride - w / 2;
      const y = (row + boxes[4 * at + 1]) * stride - h / 2;
      const place = (i) => [(column + points[10 * at + 2 * i]) * stride, (row + points[10 * at + 2 * i + 1]) * stride];
      const landmarks = [0, 1, 2, 3, 4].map(place);
      if ([x, y, w, h, ...landmarks.flat()].every(Number.isFinite)) found.push({ x, y, w, h, score, landmarks });
    }
  }
  return found;
}

const unit = (value) => Math.min(1, Math.max(0, value));

/** The best box of each face. */
function suppressed(boxes, overlap, most) {
  const kept = [];
  for (const box of [...boxes].sort((a, b) => b.score - a.score)) {
    if (kept.every((other) => overlap(box, other) <= most)) kept.push(box);
  }
  return kept;
}

function shared(a, b) {
  const wide = Math.min(a.x + a.w, b.x + b.w) - Math.max(a.x, b.x);
  const high = Math.min(a.y + a.h, b.y + b.h) - Math.max(a.y, b.y);
  return Math.max(0, wide) * Math.max(0, high);
}

const whole = ({ x, y, w, h }) => ({ x: Math.trunc(x), y: Math.trunc(y), w: Math.trunc(w), h: Math.trunc(h) });

function iou(a, b) {
  [a, b] = [whole(a), whole(b)];
  const both = shared(a, b);
  return both / Math.max(1e-9, a.w * a.h + b.w * b.h - both);
}

const ofSmaller = (a, b) => shared(a, b) / Math.max(1e-9, Math.min(a.w * a.h, b.w * b.h));

function clipped({ x, y, w, h, score, landmarks, small }, width, height) {
  const [left, top] = [Math.max(0, round(x)), Math.max(0, round(y))];
  const [right, bottom] = [Math.min(width, round(x + w)), Math.min(height, round(y + h))];
  return { x: left, y: top, w: right - left, h: bottom - top, score, landmarks, small };
}

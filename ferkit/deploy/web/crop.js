// From a square of a picture to what the network reads, the way the faces were made that it was trained on:
// gray by OpenCV's weights, then Pillow's two-pass resampling in its fixed-point arithmetic, the mean over the area
// where the square shrinks and bicubic where it grows. `drawImage` would give other numbers.

const UPRIGHT = 10; // degrees of roll up to which a face is taken as it is
const DEGREE = Math.PI / 180;
const PLACES = 10; // bits of a place in OpenCV's warpAffine, of which it interpolates by the first `PARTS`
const PARTS = 5;
const BITS = 22;
const BOX = { support: 0.5, at: (x) => (x > -0.5 && x <= 0.5 ? 1 : 0) };
const BICUBIC = { support: 2, at: cubic };

/** To the nearest whole number, a half to the even one, as Python rounds. */
export function round(value) {
  const low = Math.floor(value);
  const rest = value - low;
  return rest === 0.5 ? low + (low % 2 === 0 ? 0 : 1) : Math.round(value);
}

/** The square that is cut out around a face's box, as `square_crop` in ferkit/faces/crop.py: { x, y, side }, and `angle`,
 * the degrees clockwise by which it is turned about `centre` in the picture; 0 up to `UPRIGHT`. */
export function squareOf({ x, y, w, h, landmarks }, margin) {
  const side = Math.max(1, round(Math.max(w, h) * (1 + margin)));
  const angle = landmarks ? roll(landmarks) : 0;
  const square = { x: round(x + (w - side) / 2), y: round(y + (h - side) / 2), side };
  return { ...square, centre: [x + w / 2, y + h / 2], angle: Math.abs(angle) > UPRIGHT ? angle : 0 };
}

/** How far the line through both eyes is turned from the horizontal, in degrees clockwise. */
function roll([[x0, y0], [x1, y1]]) {
  return Math.atan2(y1 - y0, x1 - x0) / DEGREE;
}

/** RGBA (height × width) -> the square of it, RGBA (side × side), a turned one upright; beyond the picture its edge is repeated. */
export function cutOut(rgba, width, height, square) {
  return square.angle ? turned(rgba, width, height, square) : straight(rgba, width, height, square);
}

function straight(rgba, width, height, { x, y, side }) {
  const from = new Uint32Array(rgba.buffer, rgba.byteOffset, width * height);
  const out = new Uint32Array(side * side);
  for (let row = 0; row < side; row++) {
    const line = Math.min(height - 1, Math.max(0, y + row)) * width;
    if (x >= 0 && x + side <= width) out.set(from.subarray(line + x, line + x + side), row * side);
    else for (let i = 0; i < side; i++) out[row * side + i] = from[line + Math.min(width - 1, Math.max(0, x + i))];
  }
  return new Uint8ClampedArray(out.buffer);
}

/** Bilinear in the fixed-point arithmetic of OpenCV's warpAffine. */
function turned(rgba, width, height, square) {
  const { side } = square;
  const [across, down] = placesOf(square);
  const out = new Uint8ClampedArray(4 * side * side).fill(255);
  for (let row = 0, to = 0; row < side; row++) {
    for (let column = 0; column < side; column++, to += 4) {
      const x = (across.row[row] + across.column[column]) >> (PLACES - PARTS);
      const y = (down.row[row] + down.column[column]) >> (PLACES - PARTS);
      mixed(rgba, width, height, x, y, out, to);
    }
  }
  return out;
}

/** Where each pixel of the square lies in the picture, x and y, each the sum of a part of its row and one of its column. */
function placesOf({ x, y, side, centre, angle }) {
  const [cos, sin] = [Math.cos(angle * DEGREE), Math.sin(angle * DEGREE)];
  const [u, v] = centre.map((value) => value - 0.5); // pixels are counted from their centres
  const left = u - (cos * (u - x) - sin * (v - y));
  const top = v - (sin * (u - x) + cos * (v - y));
  const half = 1 << (PLACES - PARTS - 1);
  const whole = (value) => round(value * (1 << PLACES));
  const parts = (by, first, rest) => Int32Array.from({ length: side }, (_, i) => whole(by * i + first) + rest);
  return [
    { row: parts(-sin, left, half), column: parts(cos, 0, 0) },
    { row: parts(cos, top, half), column: parts(sin, 0, 0) },
  ];
}

/** The colour at a place given in 1 / 2^`PARTS` pixels, from the four pixels around it. */
function mixed(rgba, width, height, x, y, out, to) {
  const one = 1 << PARTS;
  const left = 4 * within(x >> PARTS, width);
  const right = 4 * within((x >> PARTS) + 1, width);
  const above = 4 * width * within(y >> PARTS, height);
  const below = 4 * width * within((y >> PARTS) + 1, height);
  const u = x & (one - 1);
  const v = y & (one - 1);
  for (let c = 0; c < 3; c++) {
    const first = rgba[above + left + c] * (one - u) + rgba[above + right + c] * u;
    const second = rgba[below + left + c] * (one - u) + rgba[below + right + c] * u;
    out[to + c] = (first * (one - v) + second * v + (1 << (2 * PARTS - 1))) >> (2 * PARTS);
  }
}

const within = (at, length) => Math.min(length - 1, Math.max(0, at));

/** RGBA (side × side) -> uint8 (size × size × channels). */
export function toNetwork(rgba, side, size, channels) {
  const planes = channels === 1 ? [gray(rgba)] : [0, 1, 2].map((c) => channel(rgba, c));
  const resized = planes.map((plane) => resize(plane, side, size));
  if (channels === 1) return resized[0];
  const out = new Uint8Array(3 * size * size);
  for (let i = 0; i < size * size; i++) for (let c = 0; c < 3; c++) out[3 * i + c] = resized[c][i];
  return out;
}

export function gray(rgba) {
  const out = new Uint8Array(rgba.length / 4);
  for (let i = 0, j = 0; i < out.length; i++, j += 4) {
    out[i] = (9798 * rgba[j] + 19235 * rgba[j + 1] + 3735 * rgba[j + 2] + 16384) >> 15;
  }
  return out;
}

function channel(rgba, c) {
  return Uint8Array.from({ length: rgba.length / 4 }, (_, i) => rgba[4 * i + c]);
}

/** uint8 (side × side) -> (size × size). */
export function resize(pixels, side, size) {
  if (side === size) return pixels;
  const taps = weights(side, size, side >= size ? BOX : BICUBIC);
  const across = along(pixels, side, side, size, taps); // transposed: (size × side)
  return along(across, side, size, size, taps);
}

/** Resample each of `rows` rows of `length` pixels to `size`; the result is transposed, (size × rows). */
function along(pixels, length, rows, size, taps) {
  const out = new Uint8Array(size * rows);
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < size; x++) {
      const { first, values } = taps[x];
      let sum = 1 << (BITS - 1);
      for (let k = 0, at = y * length + first; k < values.length; k++, at++) sum += pixels[at] * values[k];
      out[x * rows + y] = Math.min(255, Math.max(0, Math.floor(sum / (1 << BITS))));
    }
  }
  return out;
}

function weights(side, size, filter) {
  const scale = side / size;
  const wide = Math.max(scale, 1);
  const reach = filter.support * wide;
  return Array.from({ length: size }, (_, x) => {
    const centre = (x + 0.5) * scale;
    const first = Math.max(0, Math.trunc(centre - reach + 0.5));
    const last = Math.min(side, Math.trunc(centre + reach + 0.5));
    const raw = Array.from({ length: last - first }, (_, k) => filter.at((k + first - centre + 0.5) / wide));
    const total = raw.reduce((a, b) => a + b, 0);
    return { first, values: raw.map((w) => fixed(total ? w / total : w)) };
  });
}

function fixed(weight) {
  return Math.trunc((weight < 0 ? -0.5 : 0.5) + weight * (1 << BITS));
}

function cubic(x) {
  const a = -0.5;
  const d = Math.abs(x);
  if (d < 1) return ((a + 2) * d - (a + 3)) * d * d + 1;
  return d < 2 ? (((d - 5) * d + 8) * d - 4) * a : 0;
}

// Class maps over a face: red speaks for the class, blue against it, on one scale for all classes of a face.

const FOR = [203, 45, 20];
const AGAINST = [25, 88, 190];
const STRENGTH = 0.8;

/** The map of one class for the whole face: what lies outside the centre that the network reads is 0. */
export function mapOf(maps, index, { size, crop }) {
  const area = maps.width * maps.height;
  const values = maps.values.slice(index * area, (index + 1) * area);
  if (!crop || crop === size) return { values, width: maps.width, height: maps.height };
  const grown = enlarged(values, maps.width, maps.height, crop);
  const edge = Math.floor((size - crop) / 2);
  const framed = new Float32Array(size * size);
  for (let y = 0; y < crop; y++) framed.set(grown.subarray(y * crop, (y + 1) * crop), (y + edge) * size + edge);
  return { values: framed, width: size, height: size };
}

/** The largest value of all classes' maps: their common scale. */
export function top(maps) {
  return maps.values.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-6);
}

/** A map as colours to lay over a picture, clear where it is 0: ImageData (side × side). */
export function overlay(map, most, side) {
  const spread = enlarged(map.values, map.width, map.height, side);
  const image = new ImageData(side, side);
  for (let i = 0; i < side * side; i++) {
    image.data.set(spread[i] >= 0 ? FOR : AGAINST, 4 * i);
    image.data[4 * i + 3] = 255 * STRENGTH * Math.min(1, Math.abs(spread[i]) / most);
  }
  return image;
}

/** Bilinear, the edge repeated: float (height × width) -> (side × side). */
export function enlarged(values, width, height, side) {
  const out = new Float32Array(side * side);
  const columns = places(width, side);
  places(height, side).forEach(([top, bottom, v], y) => {
    for (let x = 0; x < side; x++) {
      const [left, right, u] = columns[x];
      const above = values[top * width + left] * (1 - u) + values[top * width + right] * u;
      const below = values[bottom * width + left] * (1 - u) + values[bottom * width + right] * u;
      out[y * side + x] = above * (1 - v) + below * v;
    }
  });
  return out;
}

function places(from, to) {
  return Array.from({ length: to }, (_, i) => {
    const at = Math.max(0, ((i + 0.5) * from) / to - 0.5);
    const low = Math.min(from - 1, Math.floor(at));
    return [low, Math.min(from - 1, low + 1), Math.min(1, at - low)];
  });
}

/** Draw uint8 pixels (size × size × channels) as large as the canvas, and a map over them in gray, if there is one. */
export function paint(canvas, pixels, { size, channels }, map = null, top = 1) {
  const side = canvas.width;
  const image = new ImageData(side, side);
  const spread = map && enlarged(map.values, map.width, map.height, side);
  for (let i = 0, to = 0; i < side * side; i++, to += 4) {
    const x = Math.floor(((i % side) * size) / side);
    const y = Math.floor((Math.floor(i / side) * size) / side);
    const at = (y * size + x) * channels;
    const more = channels === 3 ? 1 : 0;
    image.data[to] = pixels[at];
    image.data[to + 1] = pixels[at + more];
    image.data[to + 2] = pixels[at + 2 * more];
    image.data[to + 3] = 255;
    if (spread) mix(image.data, to, spread[i] / top);
  }
  canvas.getContext("2d").putImageData(image, 0, 0);
}

/** Lay the colour of a value over a pixel, which becomes gray. */
function mix(data, at, value) {
  const gray = 0.299 * data[at] + 0.587 * data[at + 1] + 0.114 * data[at + 2];
  const cover = STRENGTH * Math.min(1, Math.abs(value));
  const colour = value >= 0 ? FOR : AGAINST;
  for (let c = 0; c < 3; c++) data[at + c] = gray * (1 - cover) + colour[c] * cover;
}

// How points are coloured: by a class, by right and wrong, or by a number on the viridis scale.

const VIRIDIS = ["#440154", "#482878", "#3e4989", "#31688e", "#26828e", "#1f9e89", "#35b779", "#6ece58", "#b5de2b", "#fde725"];
const UNIT = new Set(["confidence", "disagreement"]); // always from 0 to 1
const KNOWN = ["label", "pred", "outcome", "confidence", "loss", "margin", "disagreement"];
const NAMES = { pred: "prediction", disagreement: "disagreement with the baseline" };

const rgb = (hex) => [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16));
const SCALE = VIRIDIS.map(rgb);

// t in [0, 1] -> [r, g, b]; the end that vanishes on the background is left out.
function viridis(t, dark) {
  const at = (dark ? 0.14 + 0.86 * t : 0.93 * t) * (SCALE.length - 1);
  const i = Math.min(SCALE.length - 2, Math.max(0, Math.floor(at)));
  return SCALE[i].map((low, c) => Math.round(low + (at - i) * (SCALE[i + 1][c] - low)));
}

const spoken = (name) => NAMES[name] ?? name.replaceAll("_", " ");

// What points can be coloured by: the known columns first, then the others that are there.
function colourings(columns) {
  const hidden = new Set(["place", "leaked"]);
  const own = Object.keys(columns).filter((name) => !KNOWN.includes(name) && !hidden.has(name) && !/_[xy]$/.test(name));
  return [...KNOWN.filter((name) => name === "outcome" || (columns[name] && varies(columns[name]))), ...own.filter((name) => varies(columns[name]))];
}

const numbers = (columns) => colourings(columns).filter((name) => columns[name] instanceof Float32Array);

function varies(values) {
  const first = values.find((value) => !Number.isNaN(value));
  return first !== undefined && values.some((value) => !Number.isNaN(value) && value !== first);
}

// {groups, names, colours} for classes, {values, low, high} for numbers.
function colouring(name, table, looks) {
  const { columns, classes } = table;
  if (name === "outcome") {
    const groups = columns.label.map((label, i) => (label === columns.pred[i] ? 0 : 1));
    return { name, groups, names: ["right", "wrong"], colours: [looks.right, looks.wrong] };
  }
  if (name === "label" || name === "pred") return { name, groups: columns[name], names: classes, colours: table.colours };
  if (columns[name] instanceof Uint8Array) return { name, groups: columns[name], names: ["no", "yes"], colours: ["#8b93a7", "#6366f1"] };
  return { name, values: columns[name], ...limits(name, columns[name]) };
}

// The range that the scale covers: all but the most extreme hundredth at either end.
function limits(name, values) {
  if (UNIT.has(name)) return { low: 0, high: 1 };
  const sorted = Float32Array.from(values).filter((value) => !Number.isNaN(value)).sort();
  const at = (share) => sorted[Math.round(share * (sorted.length - 1))] ?? 0;
  const [low, high] = [at(0.01), at(0.99)];
  return high > low ? { low, high } : { low: at(0), high: at(1) };
}

const SHOWN = 1, DIM = 2, WRONG = 4; // bits of a point's look

// Uint8Array (4 n): red, green, blue and the bits of each point.
function looksOf(map) {
  const { table, by, dark } = map;
  const n = table.n;
  const looks = new Uint8Array(4 * n);
  const palette = by.groups ? by.colours.map(rgb) : Array.from({ length: 256 }, (_, i) => viridis(i / 255, dark));
  const muted = [139, 147, 167];
  for (let i = 0; i < n; i++) {
    const group = by.groups ? by.groups[i] : shade(by, i);
    const colour = palette[group] ?? muted;
    looks[4 * i] = colour[0];
    looks[4 * i + 1] = colour[1];
    looks[4 * i + 2] = colour[2];
    if (by.groups && map.hidden.has(group)) continue;
    const dim = !chosen(map, i) || (map.emphasis !== null && by.groups && group !== map.emphasis);
    looks[4 * i + 3] = SHOWN | (dim ? DIM : 0) | (by.name === "outcome" && group === 1 ? WRONG : 0);
  }
  return looks;
}

const shade = (by, i) => {
  const t = (by.values[i] - by.low) / (by.high - by.low || 1);
  return Number.isNaN(t) ? -1 : Math.round(255 * Math.min(1, Math.max(0, t)));
};

// Whether a row passes the filters, the lasso and the threshold.
function chosen(map, i) {
  if (map.kept && !map.kept[i]) return false;
  if (map.inside && !map.inside[i]) return false;
  return passes(map, i);
}

function passes(map, i) {
  const { threshold } = map;
  if (!threshold) return true;
  const value = map.table.columns[threshold.name][i];
  return threshold.least ? value >= threshold.value : value <= threshold.value;
}

// Axes: values to pixels and back, round ticks, numbers as words.

const minus = (text) => text.replace("-", "−");

function decimals(step) {
  for (let digits = 0; digits < 8; digits += 1) {
    if (Math.abs(step * 10 ** digits - Math.round(step * 10 ** digits)) < 1e-6) return digits;
  }
  return 8;
}

function compact(value) {
  for (const [limit, unit] of [[1e9, "G"], [1e6, "M"], [1e3, "k"]]) {
    if (Math.abs(value) >= limit) return `${Number((value / limit).toPrecision(3))}${unit}`;
  }
  return String(Number(value.toPrecision(4)));
}

function worded(value, digits, axis, large) {
  const text = large ? compact(value) : value.toFixed(digits);
  const sign = axis.signed && value > 0 ? "+" : "";
  return sign + minus(Number(text) === 0 ? text.replace("-", "") : text) + (axis.suffix ?? "");
}

function roundTicks(low, high, most, least) {
  const rough = Math.max(least, (high - low) / Math.max(1, most));
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= rough * 0.999);
  const ticks = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + step * 1e-9; i += 1) ticks.push(i * step);
  return { ticks, digits: decimals(step) };
}

function linear(axis, low, high, from, to, most) {
  const at = (value) => from + ((value - low) / (high - low)) * (to - from);
  const round = roundTicks(low, high, most, axis.whole ? 1 : 0);
  const values = axis.ticks?.length ? axis.ticks.filter((value) => value >= low && value <= high) : round.ticks;
  const digits = axis.ticks?.length ? Math.max(...values.map(decimals), 0) : round.digits;
  const large = Math.max(...values.map(Math.abs), 0) >= 10000;
  const ticks = values.map((value) => ({ value, at: at(value), text: worded(value, digits, axis, large) }));
  return { kind: "linear", low, high, at, invert: (pixel) => low + ((pixel - from) / (to - from)) * (high - low), ticks };
}

function logarithmic(axis, low, high, from, to, most) {
  const [a, b] = [Math.log10(low), Math.log10(high)];
  const at = (value) => (value > 0 ? from + ((Math.log10(value) - a) / (b - a)) * (to - from) : NaN);
  const steps = b - a > 1.7 || most < 3 ? [1] : b - a > 0.6 ? [1, 2, 5] : [1, 1.5, 2, 3, 4, 5, 6, 7, 8, 9];
  let values = [];
  for (let power = Math.floor(a); power <= b; power += 1) {
    values.push(...steps.map((factor) => factor * 10 ** power).filter((value) => value >= low * 0.999 && value <= high * 1.001));
  }
  const skip = Math.ceil(values.length / Math.max(2, most + 1));
  values = values.filter((_, i) => i % skip === 0);
  const ticks = values.map((value) => ({ value, at: at(value), text: compact(value) + (axis.suffix ?? "") }));
  return { kind: "log", low, high, at, invert: (pixel) => 10 ** (a + ((pixel - from) / (to - from)) * (b - a)), ticks };
}

function categories(axis, names, from, to) {
  const band = (to - from) / Math.max(1, names.length);
  const places = new Map(names.map((name, i) => [name, i]));
  const at = (value) => from + ((typeof value === "number" ? value : (places.get(value) ?? NaN)) + 0.5) * band;
  const ticks = names.map((name) => ({ value: name, at: at(name), text: name }));
  return { kind: "category", names, band, at, invert: (pixel) => (pixel - from) / band - 0.5, ticks };
}

// What the marks reach along "x" or "y": numbers, and names in their order.
function reach(marks, along) {
  const values = [];
  let zero = false;
  const add = (part) => part !== undefined && part !== null && values.push(...[part].flat());
  for (const mark of marks) {
    const upright = along === "y";
    if (mark.kind === "bars") {
      const lengthwise = upright !== Boolean(mark.horizontal);
      add(mark[along]);
      if (lengthwise) add(mark.base), add(mark.low), add(mark.high), (zero ||= !mark.base);
      else if (mark.width) add(mark[along].flatMap((value) => [value - mark.width / 2, value + mark.width / 2]));
    } else if (mark.kind === "intervals") {
      if (upright !== Boolean(mark.horizontal)) add(mark.low), add(mark.high);
      else add(mark.at);
    } else if (mark.kind === "bands") add(upright ? [...mark.low, ...mark.high] : mark.x);
    else if (mark.kind === "spans") upright !== Boolean(mark.vertical) && add([mark.low, mark.high]);
    else if (mark.kind === "rules") upright !== Boolean(mark.vertical) && add(mark.at);
    else add(mark[along]);
  }
  return { values: values.filter((value) => value !== null), zero, along };
}

function scale(axis, found, from, to, most) {
  if (axis.kind === "category") {
    return categories(axis, axis.names?.length ? axis.names : [...new Set(found.values.filter((value) => typeof value === "string"))], from, to);
  }
  const log = axis.kind === "log";
  const numbers = found.values.filter((value) => typeof value === "number" && (!log || value > 0));
  let [low, high] = numbers.length ? [numbers.reduce((a, b) => Math.min(a, b)), numbers.reduce((a, b) => Math.max(a, b))] : [log ? 1 : 0, log ? 10 : 1];
  if (found.zero && !log) [low, high] = [Math.min(0, low), Math.max(0, high)];
  const [bottom, top] = [low, high];
  if (low === high) [low, high] = log ? [low / 2, high * 2] : [low - (Math.abs(low) || 1) * 0.1, high + (Math.abs(high) || 1) * 0.1];
  const room = log ? (high / low) ** 0.05 : (high - low) * (found.along === "x" ? 0.02 : 0.05);
  low = axis.low ?? (log ? low / room : found.zero && bottom === 0 ? 0 : low - room);
  high = axis.high ?? (log ? high * room : found.zero && top === 0 ? 0 : high + room);
  if (!(high > low)) high = low + 1;
  return (log ? logarithmic : linear)(axis, low, high, from, to, most);
}

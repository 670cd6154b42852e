// Elements, measured text, and where title, legend and axes go.

const SVG = "http://www.w3.org/2000/svg";
const SIZE = 12.5; // pixels: ticks, labels, legend
const ROW = matchMedia("(pointer: coarse)").matches ? 30 : 22; // pixels: a row of the legend, for a finger or a mouse
const pen = document.createElement("canvas").getContext("2d");

function make(tag, attributes = {}, text) {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== null && value !== "") made.setAttribute(name, value);
  }
  if (text !== undefined) made.textContent = text;
  return made;
}

function measure(text, family, size = SIZE, weight = 400) {
  pen.font = `${weight} ${size}px ${family}`;
  return pen.measureText(text).width;
}

// Lines no wider than `most`, broken at blanks and after hyphens, never in a number; the last of `rows` ends in an ellipsis where need be.
function wrapped(text, most, rows, width) {
  const parts = text.match(/(?:[^\s\-_./]|\.(?=\d))+[\-_./]*\s*|[\s\-_./]+/g) ?? [text];
  const lines = [""];
  for (const part of parts) {
    if (lines.at(-1) && width(lines.at(-1) + part.trimEnd()) > most) lines.push("");
    lines[lines.length - 1] += part;
  }
  const kept = lines.slice(0, rows).map((line) => line.trim());
  return kept.map((line, i) => {
    const cut = i === rows - 1 && lines.length > rows;
    if (!cut && width(line) <= most) return line;
    while (line.length > 1 && width(`${line}…`) > most) line = line.slice(0, -1);
    return `${line.trim()}…`;
  });
}

// Entries of the legend: one per name, as the first mark of that name looks.
function entries(spec) {
  const found = new Map();
  if (spec.legend === false) return [];
  for (const mark of spec.marks) {
    if (mark.name && (!found.has(mark.name) || found.get(mark.name).kind === "intervals" || found.get(mark.name).dash)) found.set(mark.name, mark);
  }
  return [...found].map(([name, mark]) => ({ name, mark }));
}

// Rows of [entry, left] that fit into `width`, and how high all of them are.
function legendRows(spec, width, family) {
  const rows = [];
  let left = Infinity;
  for (const entry of entries(spec)) {
    [entry.text] = wrapped(entry.name, width - 24, 1, (text) => measure(text, family));
    const wide = 22 + measure(entry.text, family) + 16;
    if (left + wide - 16 > width && (left > 0 || !rows.length)) rows.push([]), (left = 0);
    rows.at(-1).push([entry, left]);
    left += wide;
  }
  return rows;
}

function swatch(mark, x, y) {
  const colour = [mark.colour].flat()[0] || "currentColor";
  if (mark.kind === "lines") {
    return make("line", { x1: x, x2: x + 16, y1: y, y2: y, stroke: colour, "stroke-width": Math.max(2, mark.width ?? 2), "stroke-dasharray": mark.dash ? "3 3" : undefined, opacity: mark.opacity });
  }
  if (mark.kind === "points") return symbol(mark.symbol ?? "circle", x + 8, y, 10, colour);
  return make("rect", { x: x + 2, y: y - 5.5, width: 11, height: 11, rx: 2.5, fill: colour, "fill-opacity": mark.opacity });
}

// Labels of a category axis at the left: folded to at most a third of the width.
function leftLabels(scaleY, axis, width, family) {
  if (axis.quiet && scaleY.kind !== "category") return { lines: [], wide: 0 };
  const most = Math.max(70, width * 0.36);
  const rows = scaleY.kind === "category" ? Math.max(1, Math.floor(scaleY.band / 14)) : 1;
  const lines = scaleY.ticks.map((tick) => wrapped(tick.text, most, Math.min(3, rows), (text) => measure(text, family)));
  return { lines, wide: Math.max(0, ...lines.flat().map((text) => measure(text, family))) };
}

// Labels of the axis below: upright where they fit, turned where they do not.
function belowLabels(scaleX, axis, family) {
  if (axis.quiet) return { turned: false, high: 0, texts: [] };
  const widths = scaleX.ticks.map((tick) => measure(tick.text, family));
  const wide = Math.max(0, ...widths);
  const turned = scaleX.kind === "category" && wide > scaleX.band - 6;
  if (!turned) return { turned, high: 20, texts: scaleX.ticks.map((tick) => tick.text) };
  const texts = scaleX.ticks.map((tick) => wrapped(tick.text, 130, 1, (text) => measure(text, family))[0]);
  return { turned, high: 12 + Math.min(130, wide) * 0.75, texts };
}

// Each kind of mark as SVG; `paint.hot` collects what the pointer can find: place, text, payload, element.

const nth = (value, i) => (Array.isArray(value) ? value[i] : value);
// The colour of text on a bar of that colour, the more legible one of two (WCAG 2.2, relative luminance).
function inkOn(colour) {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const part = parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.18 ? "#0f111c" : "#ffffff";
}

const finite = (...values) => values.every(Number.isFinite);
const clash = (a, b) => a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3]; // boxes: left, top, right, bottom

function symbol(kind, x, y, size, colour) {
  const r = size / 2;
  if (kind === "hollow") return make("circle", { cx: x, cy: y, r: r - 1, fill: "none", stroke: colour, "stroke-width": 2 });
  if (kind === "diamond") return make("path", { d: `M${x},${y - r}L${x + r},${y}L${x},${y + r}L${x - r},${y}Z`, fill: colour });
  if (kind === "dash") return make("line", { x1: x - r, x2: x + r, y1: y, y2: y, stroke: colour, "stroke-width": 2 });
  if (kind === "tick") return make("line", { x1: x, x2: x, y1: y - r, y2: y + r, stroke: colour, "stroke-width": 2 });
  if (kind === "cross") return make("path", { d: `M${x - r * 0.7},${y - r * 0.7}l${1.4 * r},${1.4 * r}m0,${-1.4 * r}l${-1.4 * r},${1.4 * r}`, stroke: colour, "stroke-width": 2, fill: "none" });
  return make("circle", { cx: x, cy: y, r, fill: colour });
}

function whisker(paint, x1, y1, x2, y2, mark, colour) {
  if (!finite(x1, y1, x2, y2)) return;
  const cap = (mark.cap ?? 8) / 2;
  paint.lines.push(x1 === x2 ? [x1 - cap, Math.min(y1, y2), x1 + cap, Math.max(y1, y2)] : [Math.min(x1, x2), y1 - cap, Math.max(x1, x2), y1 + cap]);
  const ends = x1 === x2 ? `M${x1 - cap},${y1}h${2 * cap}M${x1 - cap},${y2}h${2 * cap}` : `M${x1},${y1 - cap}v${2 * cap}M${x2},${y1 - cap}v${2 * cap}`;
  paint.layer.append(make("path", { d: `M${x1},${y1}L${x2},${y2}${ends}`, stroke: colour, "stroke-width": mark.width ?? 1.8, fill: "none", opacity: mark.opacity }));
}

function hot(paint, mark, i, place, node) {
  const payload = paint.clickable ? mark.select?.[i] : undefined;
  const text = mark.hover?.[i] ?? "";
  if (!text && payload === undefined) return;
  paint.hot.push({ ...place, text, payload, node, index: paint.hot.length });
}

const DRAW = {
  bars(paint, mark) {
    const { x, y } = paint;
    const flat = Boolean(mark.horizontal);
    const across = flat ? y : x;
    const along = flat ? x : y;
    const [places, lengths] = flat ? [mark.y, mark.x] : [mark.x, mark.y];
    const stacked = Boolean(mark.base);
    const side = paint.side(mark);
    lengths.forEach((value, i) => {
      const middle = across.at(places[i]);
      const band = across.kind === "category" ? across.band * 0.76 : Math.abs(across.at((mark.width ?? 1) / 2) - across.at(-(mark.width ?? 1) / 2)) - 1;
      const thick = Math.max(1, band / side.of - (side.of > 1 ? 1.5 : 0));
      const start = middle - band / 2 + (side.place * band) / side.of;
      const floor = along.kind === "log" ? along.low : Math.min(along.high, Math.max(along.low, 0));
      const [from, to] = [along.at(mark.base?.[i] ?? floor), along.at(value)];
      if (!finite(start, from, to)) return;
      const [near, far] = [Math.min(from, to), Math.max(from, to)];
      const box = flat ? { x: near, y: start, width: Math.max(0.5, far - near), height: thick } : { x: start, y: near, width: thick, height: Math.max(0.5, far - near) };
      const colour = nth(mark.colour, i) || "currentColor";
      const node = make("rect", { ...box, rx: stacked ? 0 : Math.min(3, thick / 3), fill: colour, "fill-opacity": mark.opacity });
      paint.layer.append(node);
      hot(paint, mark, i, { box, x: flat ? to : start + thick / 2, y: flat ? start + thick / 2 : to }, node);
      if (mark.low && mark.high) {
        const [a, b, c] = [along.at(mark.low[i]), along.at(mark.high[i]), start + thick / 2];
        const ends = { cap: Math.min(8, thick * 0.6), width: 2 };
        flat ? whisker(paint, a, c, b, c, ends, colour) : whisker(paint, c, a, c, b, ends, colour);
      }
      if (mark.text?.[i]) paint.words(mark.text[i], box, { flat, stacked, ink: inkOn(colour), to: mark.high && finite(along.at(mark.high[i])) ? along.at(mark.high[i]) : to, back: to < from === flat, room: across.band === undefined ? thick : across.band / side.of });
    });
  },

  lines(paint, mark) {
    let d = "";
    let before = null;
    const colour = mark.colour || "currentColor";
    const line = make("path", { stroke: colour, "stroke-width": mark.width ?? 2, "stroke-dasharray": mark.dash ? "3 4" : undefined, fill: "none", "stroke-linejoin": "round", "stroke-linecap": "round", opacity: mark.opacity, class: "line" });
    mark.x.forEach((value, i) => {
      const [px, py] = [paint.x.at(value), mark.y[i] === null ? NaN : paint.y.at(mark.y[i])];
      if (value === null || !finite(px, py)) return void (before = null);
      d += before === null ? `M${px.toFixed(1)},${py.toFixed(1)}` : mark.step ? `H${px.toFixed(1)}V${py.toFixed(1)}` : `L${px.toFixed(1)},${py.toFixed(1)}`;
      before = px;
      hot(paint, mark, i, { x: px, y: py, dot: colour }, line);
    });
    if (!d.includes("L") && !d.includes("H")) d = d.replace(/M([^M]+)/g, "M$1h0.01");
    line.setAttribute("d", d);
    paint.layer.append(line);
  },

  points(paint, mark) {
    mark.x.forEach((value, i) => {
      const [px, py] = [paint.x.at(value), mark.y[i] === null ? NaN : paint.y.at(mark.y[i])];
      if (value === null || !finite(px, py)) return;
      const size = nth(mark.size ?? 10, i);
      const node = symbol(mark.symbol ?? "circle", px, py, size, nth(mark.colour, i) || "currentColor");
      if (mark.opacity !== undefined) node.setAttribute("opacity", mark.opacity);
      paint.layer.append(node);
      hot(paint, mark, i, { x: px, y: py, r: Math.min(size / 2, 9) }, node);
      paint.taken.push([px - size / 2, py - Math.min(size, 12) / 2, px + size / 2, py + Math.min(size, 12) / 2]);
      if (mark.label?.[i]) paint.labels.push([mark.label[i], px, py, Math.min(size, 16) / 2]);
    });
  },

  intervals(paint, mark) {
    mark.at.forEach((value, i) => {
      const flat = Boolean(mark.horizontal);
      const [c, a, b] = flat ? [paint.y.at(value), paint.x.at(mark.low[i]), paint.x.at(mark.high[i])] : [paint.x.at(value), paint.y.at(mark.low[i]), paint.y.at(mark.high[i])];
      const colour = nth(mark.colour, i) || "currentColor";
      flat ? whisker(paint, a, c, b, c, mark, colour) : whisker(paint, c, a, c, b, mark, colour);
      if (finite(a, b, c)) hot(paint, mark, i, flat ? { x: (a + b) / 2, y: c } : { x: c, y: (a + b) / 2 }, paint.layer.lastChild);
    });
  },

  bands(paint, mark) {
    const points = mark.x.map((value, i) => [paint.x.at(value), paint.y.at(mark.low[i]), paint.y.at(mark.high[i])]).filter((point) => finite(...point));
    if (!points.length) return;
    const d = `M${points.map(([px, , up]) => `${px},${up}`).join("L")}L${points.reverse().map(([px, down]) => `${px},${down}`).join("L")}Z`;
    paint.layer.append(make("path", { d, fill: mark.colour || "currentColor", "fill-opacity": mark.opacity ?? 0.16 }));
  },

  spans(paint, mark) {
    const axis = mark.vertical ? paint.x : paint.y;
    const clip = (value) => axis.at(Math.min(axis.high, Math.max(axis.low, value)));
    const [a, b] = [clip(mark.low), clip(mark.high)].sort((p, q) => p - q);
    const { left, top, right, bottom } = paint.plot;
    const box = mark.vertical ? { x: a, y: top, width: b - a, height: bottom - top } : { x: left, y: a, width: right - left, height: b - a };
    paint.layer.append(make("rect", { ...box, fill: mark.colour || "currentColor", "fill-opacity": mark.opacity ?? 0.14 }));
    if (mark.label) paint.over.append(make("text", { x: box.x + box.width - 5, y: box.y + 14, "text-anchor": "end", class: "soft halo" }, mark.label));
  },

  rules(paint, mark) {
    paint.rules.push(mark);
  },

  cells(paint, mark) {
    const columns = mark.x.length;
    mark.value.forEach((value, i) => {
      const [cx, cy] = [paint.x.at(mark.x[i]), paint.y.at(mark.y[i])];
      if (value === null || !finite(cx, cy)) return;
      const share = Math.min(1, Math.abs(value) / (mark.top ?? 1));
      const box = { x: cx - paint.x.band / 2 + 1, y: cy - paint.y.band / 2 + 1, width: paint.x.band - 2, height: paint.y.band - 2 };
      const colour = value < 0 ? mark.minus ?? "#dc4a3d" : nth(mark.colour, i) || "#4f46e5";
      const node = make("g");
      node.append(make("rect", { ...box, rx: 4, class: "cell" }), make("rect", { ...box, rx: 4, fill: colour, "fill-opacity": (0.66 * share).toFixed(3) }));
      const text = mark.text?.[i];
      if (text && measure(text, paint.family) < box.width - 2) node.append(make("text", { x: cx, y: cy + 4.5, "text-anchor": "middle" }, text));
      paint.layer.append(node);
      hot(paint, mark, i, { box, x: cx, y: cy, columns }, node);
    });
  },

  text(paint, mark) {
    const [px, py] = [paint.x.at(mark.x), paint.y.at(mark.y)];
    if (finite(px, py)) paint.layer.append(make("text", { x: px, y: py + 4.5, "text-anchor": mark.anchor ?? "middle", fill: mark.colour, class: "halo" }, mark.text));
  },
};

// Write each label, of the mark on top first, on the first side of its point where it covers nothing and stays inside;
// over lines where it must; else leave it out, but for the first.
function placeLabels(paint) {
  const { left, top, right, bottom } = paint.plot;
  let first = true;
  for (const [text, x, y, r] of [...paint.labels].reverse()) {
    const wide = measure(text, paint.family) + 2;
    const own = paint.taken.findIndex((box) => Math.abs((box[0] + box[2]) / 2 - x) < 0.1 && Math.abs((box[1] + box[3]) / 2 - y) < 0.1);
    const middle = Math.max(left, Math.min(right + 4 - wide, x - wide / 2)); // above or below, moved inside
    const sides = [[x - r - wide, y - r - 16], [x + r, y - r - 16], [x - r - wide, y + r], [x + r, y + r], [x + r + 3, y - 8], [x - r - wide - 3, y - 8], [middle, y - r - 16], [middle, y + r]];
    const boxes = sides.map(([a, b]) => [a, b, a + wide, b + 16]);
    const inside = boxes.filter((box) => box[0] >= left && box[2] <= right + 4 && box[1] >= top - 8 && box[3] <= bottom);
    const apart = inside.filter((box) => !paint.taken.some((other, i) => i !== own && clash(box, other)));
    const free = apart.find((box) => !paint.lines.some((other) => clash(box, other))) ?? apart[0] ?? (first ? inside[0] : undefined);
    first = false;
    if (!free) continue;
    paint.taken.push(free);
    paint.layer.append(make("text", { x: free[0] + 1, y: free[3] - 4, class: "halo" }, text));
  }
}

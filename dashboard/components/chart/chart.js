const views = new WeakMap();

// Sides of bars that share a category: as many as there are marks of bars without a base.
function sides(marks) {
  const beside = marks.filter((mark) => mark.kind === "bars" && !mark.base);
  return (mark) => ({ place: Math.max(0, beside.indexOf(mark)), of: mark.base ? 1 : Math.max(1, beside.length) });
}

function drawHead(view, spec, width, family) {
  const head = make("g");
  let y = 0;
  const room = width - 34;
  for (const line of wrapped(spec.title, room, 3, (text) => measure(text, family, 15, 600))) {
    y += 20;
    head.append(make("text", { x: 0, y: y - 4, class: "title" }, line));
  }
  const rows = legendRows(spec, width, family);
  rows.forEach((row) => {
    y += ROW;
    for (const [entry, left] of row) {
      const off = view.state.off.has(entry.name);
      const item = make("g", { class: `entry${off ? " off" : ""}`, role: "button", tabindex: 0, "aria-pressed": String(!off), "aria-label": `${entry.name}: shown` });
      item.append(make("rect", { x: left - 2, y: y - 6.5 - ROW / 2, width: 24 + measure(entry.text, family), height: ROW - 1, class: "area" }), swatch(entry.mark, left, y - 7), make("text", { x: left + 22, y: y - 2.5 }, entry.text));
      const turn = () => (view.state.off[off ? "delete" : "add"](entry.name), view.draw());
      item.onclick = turn;
      item.onkeydown = (event) => (event.key === "Enter" || event.key === " ") && (event.preventDefault(), turn());
      head.append(item);
    }
  });
  return { head, y: y + 8, extra: Math.max(0, rows.length - 1) * ROW };
}

function drawAxes(layer, spec, x, y, plot, left, below) {
  const { top, right, bottom } = plot;
  if (!spec.y.quiet || y.kind === "category") {
    y.ticks.forEach((tick, i) => {
      if (y.kind !== "category") layer.append(make("line", { x1: plot.left, x2: right, y1: tick.at, y2: tick.at, class: tick.value === 0 ? "zero" : "grid" }));
      const lines = left.lines[i];
      const text = make("text", { "text-anchor": "end", class: "tick" });
      lines.forEach((line, k) => text.append(make("tspan", { x: plot.left - 7, y: tick.at + 4.5 + (k - (lines.length - 1) / 2) * 14 }, line)));
      if (lines.join("") !== tick.text) text.append(make("title", {}, tick.text));
      layer.append(text);
    });
  }
  if (!spec.x.quiet) {
    x.ticks.forEach((tick, i) => {
      if (x.kind !== "category") layer.append(make("line", { x1: tick.at, x2: tick.at, y1: top, y2: bottom, class: tick.value === 0 ? "zero" : "grid" }));
      const place = below.turned ? { x: tick.at + 4, y: bottom + 12, "text-anchor": "end", transform: `rotate(-40 ${tick.at + 4} ${bottom + 12})` } : { x: tick.at, y: bottom + 16, "text-anchor": "middle" };
      layer.append(make("text", { ...place, class: "tick" }, below.texts[i]));
    });
  }
}

function drawWords(layer, plot, family) {
  return (text, box, { flat, stacked, ink, to, back, room }) => {
    const wide = measure(text, family);
    if (stacked) {
      if (wide + 4 > box.width || box.height < 13) return;
      layer.append(make("text", { x: box.x + box.width / 2, y: box.y + box.height / 2 + 4.5, "text-anchor": "middle", fill: ink }, text));
    } else if (flat) {
      layer.append(make("text", { x: back ? to - 5 : to + 5, y: box.y + box.height / 2 + 4.5, "text-anchor": back ? "end" : "start", class: "halo" }, text));
    } else if (wide < room) layer.append(make("text", { x: box.x + box.width / 2, y: back ? to + 14 : to - 5, "text-anchor": "middle", class: "halo" }, text));
  };
}

// Room for the words beyond the bars.
function beyond(marks, family) {
  const flat = marks.filter((mark) => mark.kind === "bars" && mark.horizontal && !mark.base && mark.text);
  const upright = marks.some((mark) => mark.kind === "bars" && !mark.horizontal && !mark.base && mark.text);
  return { right: Math.max(0, ...flat.flatMap((mark) => mark.text.map((text) => measure(text, family) + 8))), top: upright ? 16 : 0 };
}

// Room for the labels of upright rules, where the first row of a category axis or a level rule would lie under them.
function above(spec, marks) {
  const [upright, level] = [true, false].map((vertical) => marks.filter((mark) => mark.kind === "rules" && Boolean(mark.vertical) === vertical && mark.label).length);
  return upright && (spec.y.kind === "category" || level) ? 4 + 15 * Math.min(2, upright) : 0;
}

function draw(view) {
  const { frame, svg, spec } = view;
  const width = Math.floor(frame.clientWidth);
  if (width < 40) return;
  const family = getComputedStyle(frame).fontFamily;
  const shown = spec.marks.filter((mark) => !view.state.off.has(mark.name));
  const { head, y: headed, extra } = drawHead(view, spec, width, family);
  const lift = above(spec, shown);
  const under = spec.x.label ? wrapped(spec.x.label, width - 4, 2, (text) => measure(text, family)) : [];
  const height = (spec.height ?? 340) + extra + lift + 15 * Math.max(0, under.length - 1);
  const words = beyond(shown, family);
  const top = headed + (spec.y.label ? 20 : 4) + words.top + lift;
  const [foundX, foundY] = [reach(spec.marks, "x"), reach(spec.marks, "y")];
  const upward = spec.y.kind !== "category";
  const scaleY = (bottom) => (upward ? scale(spec.y, foundY, bottom, top, (bottom - top) / 38) : scale(spec.y, foundY, top, bottom));
  const foot = under.length ? 7 + 15 * under.length : 4;
  const left = leftLabels(scaleY(height - foot - (spec.x.quiet ? 2 : 20)), spec.y, width, family);
  const start = left.wide ? left.wide + 9 : 2;
  const end = width - Math.max(12, words.right);
  const x = scale(spec.x, foundX, start, end, (end - start) / 74);
  const below = belowLabels(x, spec.x, family);
  const bottom = height - foot - below.high;
  const y = scaleY(bottom);
  const plot = { left: start, right: end, top, bottom };

  svg.setAttribute("width", width), svg.setAttribute("height", height);
  svg.setAttribute("aria-label", spec.title);
  const [axes, layer, over] = [make("g"), make("g"), make("g")];
  // Turned labels below leave less height and so fewer ticks than `left` was measured with.
  drawAxes(axes, spec, x, y, plot, leftLabels(y, spec.y, width, family), below);
  if (spec.y.label) head.append(make("text", { x: 0, y: top - 9 - words.top - lift, class: "soft" }, spec.y.label));
  under.forEach((line, i) => {
    const half = measure(line, family) / 2;
    axes.append(make("text", { x: Math.min(width - half - 2, Math.max(half + 2, (start + end) / 2)), y: height - 5 - 15 * (under.length - 1 - i), "text-anchor": "middle", class: "soft" }, line));
  });
  const paint = { x, y, plot, lift, family, layer, over, clickable: spec.clickable, hot: [], labels: [], taken: [], lines: [], rules: [], side: sides(shown), words: drawWords(layer, plot, family) };
  for (const mark of shown) DRAW[mark.kind]?.(paint, mark);
  const across = (rule) => (rule.vertical ? x.at(rule.at) : -Infinity);
  paint.rules.sort((one, other) => across(other) - across(one) || 0); // the label of the rightmost is the top one
  for (const mark of paint.rules) layer.append(drawRule(view, paint, mark, view.send));
  placeLabels(paint);
  view.ring = make("circle", { r: 5, class: "ring", style: "display: none" });
  svg.replaceChildren(axes, layer, over, head, view.ring);
  highlight(paint, spec.chosen ?? []);
  showTip(view, null);
  listen(view, paint, view.send);
}

function highlight(paint, chosen) {
  const wanted = new Set(chosen.map((payload) => JSON.stringify(payload)));
  if (!wanted.size) return;
  for (const { node, payload } of paint.hot) {
    if (payload !== undefined && !node.classList.contains("line")) node.classList.add(wanted.has(JSON.stringify(payload)) ? "chosen" : "other");
  }
}

export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  let view = views.get(parentElement);
  if (!view) {
    const frame = parentElement.querySelector(".chart");
    view = { frame, svg: frame.querySelector("svg"), tip: frame.querySelector(".tip"), readout: frame.querySelector(".readout"), state: { off: new Set(), sent: null } };
    view.draw = () => draw(view);
    view.observer = new ResizeObserver(() => Math.floor(frame.clientWidth) !== Number(view.svg.getAttribute("width")) && view.draw());
    view.observer.observe(frame);
    views.set(parentElement, view);
  }
  view.spec = data;
  view.send = (name, value) => (setTriggerValue(name, value), lead());
  if (!data.marks.some((mark) => mark.draggable)) view.readout.hidden = true;
  menu(view, data);
  if (!view.dragging) view.draw();
  return () => {
    view.observer.disconnect();
    views.delete(parentElement);
  };
}

// Hover, click, touch and keys on the marks, and the rule that can be dragged.

const REACH = 26; // pixels from a point to the pointer that still finds it

function nearest(paint, px, py) {
  let [best, least] = [null, REACH];
  for (const spot of paint.hot) {
    const box = spot.box;
    const inside = box && px >= box.x - 1 && px <= box.x + box.width + 1 && py >= box.y - 1 && py <= box.y + box.height + 1;
    const away = inside ? -1 : box ? REACH : Math.max(0, Math.hypot(spot.x - px, spot.y - py) - (spot.r ?? 0));
    if (away < least) [best, least] = [spot, away];
  }
  return best;
}

function showTip(view, spot) {
  const { frame, tip, ring } = view;
  view.spot?.node.classList.remove("hot");
  view.spot = spot;
  ring.style.display = "none";
  if (!spot?.text) return void (tip.hidden = true);
  spot.node.classList.add("hot");
  if (spot.dot) {
    ring.style.display = "";
    ring.setAttribute("cx", spot.x), ring.setAttribute("cy", spot.y), ring.setAttribute("fill", spot.dot);
  }
  tip.textContent = spot.text;
  tip.hidden = false;
  const left = spot.x - tip.offsetWidth / 2;
  tip.style.left = `${Math.max(0, Math.min(frame.clientWidth - tip.offsetWidth, left))}px`;
  const top = (spot.box ? Math.min(spot.y, spot.box.y) : spot.y) - tip.offsetHeight - 12;
  tip.style.top = `${top < 0 ? (spot.box ? spot.box.y + spot.box.height : spot.y) + 12 : top}px`;
}

function listen(view, paint, send) {
  const { svg } = view;
  const place = (event) => {
    const box = svg.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };
  const press = (spot) => spot?.payload !== undefined && send("mark", spot.payload);
  svg.onpointermove = (event) => {
    if (view.dragging) return;
    const spot = nearest(paint, ...place(event));
    svg.style.cursor = spot?.payload !== undefined ? "pointer" : "";
    if (spot !== view.spot) showTip(view, spot);
  };
  svg.onpointerleave = () => showTip(view, null);
  svg.onclick = (event) => !event.target.closest?.("[role=slider], [role=button].entry") && press(nearest(paint, ...place(event)));
  const pressable = paint.hot.filter((spot) => spot.payload !== undefined);
  pressable.forEach((spot, i) => {
    const { node } = spot;
    if (node.classList.contains("line")) return;
    node.setAttribute("tabindex", i ? -1 : 0);
    node.setAttribute("role", "button");
    node.setAttribute("aria-label", spot.text || String(spot.payload));
    node.dataset.select = JSON.stringify(spot.payload);
    node.onfocus = () => node.matches(":focus-visible") && showTip(view, spot);
    node.onblur = () => view.spot === spot && showTip(view, null);
    node.onkeydown = (event) => {
      const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
      if (event.key !== "Enter" && event.key !== " " && !step) return;
      event.preventDefault();
      if (!step) return press(spot);
      pressable[i + step]?.node.focus();
    };
  });
}

// Where the label of a rule stands, so that it covers no label of the rules before it.
function clear(paint, mark, wanted) {
  const others = paint.rules.slice(0, paint.rules.indexOf(mark)).map((other) => other.line).filter(Number.isFinite);
  let y = wanted;
  for (let near; (near = others.find((other) => Math.abs(other - y) < 14)) !== undefined; ) y = near - 15;
  return y;
}

// Whether the label of a level rule goes to its left end: at the right one it would cover a mark, a label or an upright
// rule, and at the left one it would not.
function leftward(paint, wide, baseline) {
  const { left, right } = paint.plot;
  const upright = paint.rules.filter((rule) => rule.vertical).map((rule) => paint.x.at(rule.at)).map((at) => [at - 2, -Infinity, at + 2, Infinity]);
  const marks = paint.hot.map(({ box, x, y }) => (box ? [box.x, box.y, box.x + box.width, box.y + box.height] : [x - 3, y - 3, x + 3, y + 3]));
  const blocked = (from) => [...upright, ...marks, ...paint.taken].some((other) => clash([from, baseline - 11, from + wide, baseline + 3], other));
  return blocked(right - 4 - wide) && !blocked(left + 4);
}

// Whether the label of an upright rule goes to its left: at the right another such rule would cross it, and at the left
// there is room and none would.
function crossed(paint, mark, at, wide) {
  const others = paint.rules.filter((rule) => rule !== mark && rule.vertical).map((rule) => paint.x.at(rule.at));
  const between = (from, to) => others.some((other) => from < other && other < to);
  return between(at, at + wide) && at - wide > paint.plot.left && !between(at - wide, at);
}

// A rule across the chart. Returns its group.
function drawRule(view, paint, mark, send) {
  const { plot } = paint;
  const axis = mark.vertical ? paint.x : paint.y;
  const group = make("g", { class: `rule${mark.draggable ? " movable" : ""}` });
  const colour = mark.colour || undefined;
  const line = make("line", { stroke: colour, "stroke-dasharray": mark.dash === false ? undefined : "4 4" });
  const label = make("text", { class: "halo", fill: colour });
  group.append(line, label);
  const state = view.state;
  const kept = mark.draggable && state.sent && state.sent.from === mark.at ? state.sent.to : mark.at;
  const high = plot.top - (mark.vertical ? paint.lift : 0);
  const move = (value) => {
    const at = axis.at(value);
    group.style.display = Number.isFinite(at) && at >= Math.min(plot.left, plot.top) - 1 ? "" : "none";
    const words = axis.kind === "category" ? String(value) : value.toFixed(mark.digits ?? 2);
    label.textContent = (mark.label ?? "").replace("{}", minus(words));
    const wide = measure(label.textContent, paint.family);
    const flip = mark.vertical && (at + wide + 10 > plot.right || crossed(paint, mark, at, wide + 10));
    label.setAttribute("x", mark.vertical ? at + (flip ? -6 : 6) : plot.right - 4);
    const left = flip ? at - 6 - wide : at + 6;
    const row = paint.rules.slice(0, paint.rules.indexOf(mark)).filter((other) => other.span && other.span[0] < left + wide + 6 && other.span[1] > left - 6).length;
    const top = high + 15 * row; // below the labels of the rules before it, which it would cross
    const ends = mark.vertical ? { x1: at, x2: at, y1: top, y2: plot.bottom } : { x1: plot.left, x2: plot.right, y1: at, y2: at };
    for (const [name, end] of Object.entries(ends)) line.setAttribute(name, end);
    if (mark.vertical) mark.span = [left, left + wide];
    if (!mark.vertical) mark.line = clear(paint, mark, at - 6 < plot.top + 10 ? at + 15 : at - 6);
    const back = !mark.vertical && leftward(paint, wide, mark.line);
    if (back) label.setAttribute("x", plot.left + 4);
    label.setAttribute("y", mark.vertical ? top + 12 : mark.line);
    label.setAttribute("text-anchor", back || (mark.vertical && !flip) ? "start" : "end");
    const [from, foot] = [mark.vertical ? left : back ? plot.left + 4 : plot.right - 4 - wide, Number(label.getAttribute("y"))];
    mark.box = [from, foot - 11, from + wide, foot + 3];
    return at;
  };
  const at = move(kept);
  if (mark.label) paint.taken.push(mark.box);
  paint.lines.push(mark.vertical ? [at - 1, high, at + 1, plot.bottom] : [plot.left, at - 1, plot.right, at + 1]);
  if (mark.draggable) movable(view, paint, { mark, axis, group, line, move, value: kept }, send);
  return group;
}

function movable(view, paint, rule, send) {
  const { mark, axis, group, move } = rule;
  const { plot } = paint;
  const grip = make("circle", { r: 8, class: "grip" });
  const wide = make("line", { class: "wide" });
  group.append(wide, grip);
  const step = mark.step ?? 0.01;
  const readout = mark.readout;
  const sentence = (value) => {
    if (!readout) return "";
    let best = 0;
    readout.at.forEach((at, i) => Math.abs(at - value) < Math.abs(readout.at[best] - value) && (best = i));
    return readout.text[best];
  };
  const show = (value) => {
    rule.value = value;
    const at = move(value);
    for (const name of ["x1", "x2", "y1", "y2"]) wide.setAttribute(name, rule.line.getAttribute(name));
    grip.setAttribute("cx", mark.vertical ? at : plot.left), grip.setAttribute("cy", mark.vertical ? plot.bottom : at);
    view.readout.hidden = !readout;
    view.readout.textContent = sentence(value);
    group.setAttribute("aria-valuenow", value);
    group.setAttribute("aria-valuetext", sentence(value) || String(value));
  };
  const snapped = (value) => Number(Math.min(axis.high, Math.max(axis.low, Math.round(value / step) * step)).toPrecision(10));
  const release = () => {
    const from = view.state.sent?.from === mark.at ? view.state.sent.to : mark.at;
    if (rule.value === from) return;
    view.state.sent = { from: mark.at, to: rule.value };
    send("drag", rule.value);
  };
  for (const [name, value] of Object.entries({ tabindex: 0, role: "slider", "aria-label": (mark.label ?? "value").replace("{}", "").trim(), "aria-valuemin": axis.low, "aria-valuemax": axis.high, "aria-orientation": mark.vertical ? "horizontal" : "vertical" })) group.setAttribute(name, value);
  group.style.cursor = mark.vertical ? "ew-resize" : "ns-resize";
  group.onpointerdown = (event) => {
    if (event.button) return;
    event.preventDefault();
    group.focus({ preventScroll: true });
    group.setPointerCapture(event.pointerId);
    view.dragging = true;
    showTip(view, null);
  };
  group.onpointermove = (event) => {
    if (!view.dragging) return;
    const box = view.svg.getBoundingClientRect();
    show(snapped(axis.invert(mark.vertical ? event.clientX - box.left : event.clientY - box.top)));
  };
  group.onpointerup = group.onpointercancel = () => {
    if (!view.dragging) return;
    view.dragging = false;
    release();
  };
  group.onkeydown = (event) => {
    const steps = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: 10, PageDown: -10 }[event.key];
    if (!steps) return;
    event.preventDefault();
    show(snapped(rule.value + steps * step));
  };
  group.onkeyup = group.onblur = release;
  show(rule.value);
}

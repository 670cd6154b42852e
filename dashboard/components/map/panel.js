// What stands around the map: tools, choices, legend, threshold, and the face under the mouse.

const ICONS = {
  lasso: "M12 4c4.6 0 8 2.3 8 5.2s-3.4 5.3-8 5.3-8-2.4-8-5.3S7.4 4 12 4M7.5 14a2.3 2.3 0 1 0 1 3.6c.3 1.2 0 2.3-1.5 3.4",
  box: "M4 8V4h4M11 4h2M16 4h4v4M20 11v2M20 16v4h-4M13 20h-2M8 20H4v-4M4 13v-2",
  pan: "M12 3v18M3 12h18M9.5 5.5 12 3l2.5 2.5M9.5 18.5 12 21l2.5-2.5M5.5 9.5 3 12l2.5 2.5M18.5 9.5 21 12l-2.5 2.5",
  more: "M12 5v14M5 12h14",
  less: "M5 12h14",
  reset: "M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5",
  clear: "M6 6l12 12M18 6L6 18",
};
const FACES = { near: "Faces when near", always: "Faces", never: "Dots" };

function make(tag, options = {}, ...inside) {
  const { aria, ...plain } = options;
  const made = Object.assign(document.createElement(tag), plain);
  for (const [name, value] of Object.entries(aria ?? {})) made.setAttribute(name === "role" ? "role" : `aria-${name}`, value);
  made.append(...inside);
  return made;
}

function icon(name) {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(space, "path");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}

const button = (name, label, onclick, pressed) =>
  make("button", { type: "button", title: label, className: "tool", onclick, aria: { label, ...(pressed === undefined ? {} : { pressed }) } }, icon(name));

// A list of options; a value that is an object is a group of them.
function choose(label, options, value, onchange) {
  const list = make("select", { aria: { label }, title: label, onchange: (event) => onchange(event.target.value) });
  const entry = ([key, text]) =>
    typeof text === "string"
      ? make("option", { value: key, textContent: text, selected: key === value })
      : make("optgroup", { label: key }, ...Object.entries(text).map(entry));
  list.append(...Object.entries(options).map(entry));
  return list;
}

// Names of columns by what they are, each with its words.
function grouped(names, columns, words) {
  const kind = (name) => (KNOWN.includes(name) ? "Predictions" : columns[name] instanceof Uint8Array ? "Tags" : "Properties");
  const groups = {};
  for (const name of names) (groups[kind(name)] ??= {})[name] = words(name);
  return Object.keys(groups).length > 1 ? groups : Object.values(groups)[0] ?? {};
}

function drawPanel(map, send) {
  const { columns } = map.table;
  map.known = Object.keys(columns).length;
  const held = map.root.getRootNode().activeElement?.getAttribute("aria-label");
  const tools = Object.entries(TOOLS).map(([name, label]) => button(name, label, () => pick(map, name, send), map.tool === name));
  const centre = () => [map.width / 2, map.height / 2];
  map.bar.replaceChildren(
    make("span", { className: "group" }, ...tools, button("clear", "Remove the lasso", () => drop(map, send))),
    ...(Object.keys(map.layouts).length > 1 ? [choose("Layout", map.layouts, map.layout, (name) => relayout(map, name, send))] : []),
    choose("Colour by", grouped(colourings(columns), columns, (name) => `Colour: ${spoken(name)}`), map.by.name, (name) => recolour(map, name, send)),
    ...(map.sprites ? [choose("Faces", FACES, map.showFaces, (name) => ((map.showFaces = name), map.sketch()))] : []),
  );
  map.zoom.replaceChildren(
    button("more", "Zoom in", () => zoomAt(map, centre(), 1.6)),
    button("less", "Zoom out", () => zoomAt(map, centre(), 1 / 1.6)),
    button("reset", "Show all", () => reset(map)),
  );
  map.bar.querySelector('[aria-label="Remove the lasso"]').disabled = !map.lasso.length;
  map.take.replaceChildren(choose("Download", { "": "Download", png: "PNG", svg: "SVG", csv: "CSV" }, "", (kind) => (download(map, kind), drawPanel(map, send))));
  map.stage.classList.toggle("free", !map.tool);
  map.stage.dataset.tool = map.tool || "none";
  drawLegend(map, send);
  drawThreshold(map);
  if (held) [...map.root.querySelectorAll("[aria-label]")].find((one) => one.getAttribute("aria-label") === held)?.focus({ preventScroll: true });
}

function pick(map, name, send) {
  map.tool = map.tool === name && matchMedia("(pointer: coarse)").matches ? "" : name;
  drawPanel(map, send);
}

function drop(map, send) {
  select(map, [], send);
  drawPanel(map, send);
}

function relayout(map, name, send) {
  place(map, name);
  map.lasso = [];
  map.inside = null;
  map.restyle();
  reset(map);
  send("layout", name);
  drawPanel(map, send);
}

function recolour(map, name, send) {
  map.hidden.clear();
  map.by = colouring(name, map.table, map.palette);
  map.restyle();
  send("colour", name);
  drawPanel(map, send);
}

function drawLegend(map, send) {
  const { by, hidden } = map;
  if (!by.groups) {
    const stops = [0, 0.25, 0.5, 0.75, 1].map((t) => `rgb(${viridis(t, map.dark)})`);
    const bar = make("span", { className: "scale" });
    bar.style.background = `linear-gradient(90deg, ${stops})`;
    map.legend.replaceChildren(make("span", { textContent: figure(by, by.low) }), bar, make("span", { textContent: figure(by, by.high) }));
    return;
  }
  const counts = new Uint32Array(by.names.length);
  for (const group of by.groups) counts[group]++;
  map.legend.replaceChildren(...by.names.map((name, group) => {
    const dot = make("span", { className: by.name === "outcome" && group === 1 ? "dot wrong" : "dot" });
    dot.style.setProperty("--dot", by.colours[group]);
    const shown = !hidden.has(group);
    const chip = make("button", {
      type: "button", className: "chip", title: shown ? `Hide ${name}` : `Show ${name}`, aria: { pressed: shown },
      onclick: () => ((shown ? hidden.add(group) : hidden.delete(group)), (map.emphasis = null), map.restyle(), drawPanel(map, send)),
      onpointerenter: (event) => event.pointerType === "mouse" && shown && emphasise(map, group),
      onpointerleave: () => emphasise(map, null),
    }, dot, name, make("small", { textContent: counts[group].toLocaleString("en") }));
    return chip;
  }));
}

function emphasise(map, group) {
  if (map.emphasis === group) return;
  map.emphasis = group;
  map.restyle();
}

const figure = (by, value) => (UNIT.has(by.name ?? by) ? `${Math.round(100 * value)}%` : `${Number(value.toPrecision(3))}`);

// A slider over one of the numbers: the faces that do not pass are dimmed.
function drawThreshold(map) {
  const names = numbers(map.table.columns);
  map.sieve.hidden = !names.length;
  if (!names.length) return;
  const chosenName = map.threshold?.name ?? (names.includes("confidence") ? "confidence" : names[0]);
  const { low, high } = limits(chosenName, map.table.columns[chosenName]);
  const least = map.threshold?.least ?? true;
  const value = map.threshold?.value ?? (least ? low : high);
  const set = (name, side, amount) => {
    const ends = limits(name, map.table.columns[name]);
    map.threshold = (side ? amount <= ends.low : amount >= ends.high) ? null : { name, least: side, value: amount };
    map.restyle();
  };
  const text = make("output", { textContent: figure(chosenName, value) });
  const slider = make("input", {
    type: "range", min: low, max: high, step: (high - low) / 200, value, aria: { label: `Threshold of ${spoken(chosenName)}` },
    oninput: () => (set(chosenName, least, Number(slider.value)), (text.textContent = figure(chosenName, Number(slider.value)))),
  });
  slider.value = value;
  const again = (name, side) => {
    const ends = limits(name, map.table.columns[name]);
    map.threshold = { name, least: side, value: side ? ends.low : ends.high };
    map.restyle();
    drawThreshold(map);
  };
  map.sieve.replaceChildren(
    choose("Number", grouped(names, map.table.columns, spoken), chosenName, (name) => again(name, least)),
    choose("At least or at most", { least: "at least", most: "at most" }, least ? "least" : "most", (side) => again(chosenName, side === "least")),
    slider, text);
}

// The face at a place of the stage (null: none), beside the mouse.
function point(map, here, reach) {
  const row = here && map.looks ? hit(map, here, reach) : -1;
  if (row === map.pointed) return;
  map.pointed = row;
  announce("point", map, row);
  map.tip.hidden = row < 0;
  if (row >= 0) drawTip(map, row);
  map.sketch();
}

function drawTip(map, row) {
  const { columns, classes } = map.table;
  const [true_, pred] = [classes[columns.label[row]], classes[columns.pred[row]]];
  const right = true_ === pred;
  const lines = [make("b", { textContent: right ? true_ : `${true_} → ${pred}` }), make("span", { textContent: `${Math.round(100 * columns.confidence[row])}% confident` })];
  if (!map.by.groups && map.by.name !== "confidence") lines.push(make("span", { textContent: `${spoken(map.by.name)}: ${figure(map.by, map.by.values[row])}` }));
  const picture = make("canvas", { width: 192, height: 192, hidden: map.place[row] < 0 || !map.sprites });
  const paint = () => drawFace(picture.getContext("2d"), map.sprites, map.place[row], 0, 0, 192, paint);
  paint();
  map.tip.replaceChildren(picture, make("div", {}, ...lines));
  map.tip.style.setProperty("--frame", right ? map.palette.right : map.palette.wrong);
  const [x, y] = toScreen(map, map.x[row], map.y[row]);
  const wide = 132;
  map.tip.style.left = `${Math.min(map.width - wide - 4, Math.max(4, x + (x > map.width - wide - 24 ? -wide - 18 : 18)))}px`;
  map.tip.style.top = `${Math.min(map.height - 170, Math.max(4, y - 60))}px`;
}

// The map itself: what Python sent, what the visitor chose, and one drawing of both per frame.

const MAPS = new WeakMap();

export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  const root = parentElement.querySelector(".map");
  let map = MAPS.get(root);
  if (!map) MAPS.set(root, (map = started(root)));
  map.send = setTriggerValue;
  const turn = (map.turn = (map.turn ?? 0) + 1);
  const [first, ...later] = data.tables;
  table(first)
    .then(async (one) => {
      const own = !(data.colour in one.columns) && data.colour !== "outcome"; // a colour that comes with the others
      if (own) await Promise.all(later.map(table));
      if (turn !== map.turn) return;
      received(map, data, one);
      for (const more of await Promise.all(later.map(table))) if (turn === map.turn) joined(map, more);
      if (turn === map.turn) recoloured(map, data.colour);
    })
    .catch(() => (map.note.textContent = "The map could not be read. Reload the page."));
  return () => (MAPS.delete(root), map.close());
}

function started(root) {
  const part = (name) => root.querySelector(`.${name}`);
  const map = {
    root, bar: part("bar"), stage: part("stage"), canvas: part("points"), over: part("over"), tip: part("tip"),
    legend: part("legend"), sieve: part("sieve"), note: part("note"), heading: part("heading"), take: part("take"), zoom: part("zoom"),
    hidden: new Set(), emphasis: null, threshold: null, lasso: [], inside: null, path: null, marks: [],
    open: -1, pointed: -1, echoed: -1, faces: { rows: new Set(), side: 0 }, showFaces: "near", tables: "", layout: "",
    tool: matchMedia("(pointer: coarse)").matches ? "" : "lasso",
  };
  begin(map);
  let asked = 0;
  let whole = false;
  const next = () => {
    asked = 0;
    if (whole) map.draw();
    else if (map.view && map.looks) {
      drawOverlay(map);
      noted(map);
    }
    whole = false;
  };
  map.sketch = () => (asked ||= requestAnimationFrame(next)); // what lies over the points, which stay as they are
  map.redraw = () => ((whole = true), map.sketch());
  map.draw = () => drawAll(map);
  map.restyle = () => restyle(map);
  const onMessage = (event) => listenTo(map, event.detail);
  window.addEventListener("ferkit-map", onMessage);
  const opened = ({ detail }) => map.table && detail.table === map.address && ((map.open = detail.row), map.sketch());
  window.addEventListener("ferkit-open", opened); // a gallery of the same table says which face is open
  const size = new ResizeObserver(() => resized(map));
  size.observe(map.stage);
  listen(map, (name, value) => map.send(name, value));
  map.close = () => {
    window.removeEventListener("ferkit-map", onMessage);
    window.removeEventListener("ferkit-open", opened);
    size.disconnect();
    cancelAnimationFrame(asked);
    map.draws.close();
  };
  return map;
}

// Points on the canvas; where the browser takes WebGL away, on another one.
function begin(map) {
  map.draws = points(map.canvas);
  map.root.dataset.drawn = map.draws.kind;
  map.canvas.addEventListener("webglcontextlost", () => {
    if (!MAPS.has(map.root)) return;
    const fresh = map.canvas.cloneNode();
    map.canvas.replaceWith(fresh);
    map.canvas = fresh;
    begin(map);
    if (!map.table) return;
    place(map, map.layout);
    restyle(map);
  });
}

// Python's answer: everything it says holds; what it does not know (zoom, tool, hidden classes, threshold) stays.
function received(map, data, first) {
  const fresh = map.tables !== data.tables.join();
  dressed(map);
  map.palette = data.palette;
  if (fresh) {
    map.tables = data.tables.join();
    map.address = data.tables[0];
    map.table = { ...first, columns: { ...first.columns } };
    map.hidden.clear();
    map.threshold = null;
    map.layout = "";
  }
  const { columns, n } = map.table;
  map.place = columns.place ?? new Int32Array(n).fill(-1);
  Object.assign(map, { layouts: data.layouts, sprites: data.sprites, marks: data.marks, link: data.link, gallery: data.gallery, title: data.title, file: data.file });
  map.open = data.open;
  map.kept = flags(data.kept, n);
  const colour = colourings(columns).includes(data.colour) ? data.colour : "label";
  if (fresh || map.by.name !== colour) map.by = colouring(colour, map.table, data.palette);
  const moved = map.layout !== data.layout;
  if (moved) place(map, data.layout);
  const drawn = map.sent && map.sent !== JSON.stringify(data.lasso) && !moved; // newer than this answer
  if (!drawn) {
    map.sent = "";
    map.lasso = data.lasso;
    map.inside = data.lasso.length ? insideOf(map.x, map.y, data.lasso) : flags(data.elsewhere, n);
  }
  map.heading.textContent = data.title;
  map.stage.setAttribute("aria-label", `${data.title}. Arrow keys move the map, plus and minus zoom, 0 shows all, Enter opens the face in the middle.`);
  map.stage.style.setProperty("--height", `${data.height}px`);
  if (moved) resized(map, true);
  restyle(map);
  drawPanel(map, map.send);
}

// Columns of another table of the same faces.
function joined(map, more) {
  if (more.n === map.table.n) Object.assign(map.table.columns, more.columns);
}

// What the visitor chose before its column was there.
function recoloured(map, colour) {
  if (map.by.name !== colour && colourings(map.table.columns).includes(colour)) {
    map.by = colouring(colour, map.table, map.palette);
    restyle(map);
  }
  if (map.known !== Object.keys(map.table.columns).length) drawPanel(map, map.send);
}

function place(map, layout) {
  const { columns, n } = map.table;
  map.layout = layout;
  map.x = columns[`${layout}_x`];
  map.y = columns[`${layout}_y`];
  map.grid = gridOf(map.x, map.y);
  const xy = new Float32Array(2 * n);
  for (let i = 0; i < n; i++) [xy[2 * i], xy[2 * i + 1]] = [map.x[i], map.y[i]];
  map.draws.place(xy);
}

// Colours and background of the theme.
function dressed(map) {
  const style = getComputedStyle(map.root);
  const read = (name) => style.getPropertyValue(`--st-${name}`).trim();
  [map.paper, map.ink, map.accent, map.font] = [read("background-color"), read("text-color"), read("primary-color"), read("font") || "sans-serif"];
  const [red, green, blue] = /^#[0-9a-f]{6}/i.test(map.paper) ? rgb(map.paper) : [255, 255, 255];
  map.dark = 0.3 * red + 0.59 * green + 0.11 * blue < 128;
}

function restyle(map) {
  map.looks = looksOf(map);
  map.draws.look(map.looks, drawOrder(map.looks));
  let count = 0;
  for (let i = 3; i < map.looks.length; i += 4) if ((map.looks[i] & (SHOWN | DIM)) === SHOWN) count++;
  const { n } = map.table;
  map.note.textContent = count === n ? `${n.toLocaleString("en")} faces` : `${count.toLocaleString("en")} of ${n.toLocaleString("en")} faces`;
  map.root.dataset.bright = count;
  map.redraw();
}

function resized(map, always) {
  const box = map.stage.getBoundingClientRect();
  const [width, height] = [Math.round(box.width), Math.round(box.height)];
  const ratio = window.devicePixelRatio || 1;
  if (!width || !map.grid || (!always && width === map.width && height === map.height && ratio === map.ratio)) return;
  const whole = always || !map.view || map.view.scale === map.fit;
  Object.assign(map, { width, height, ratio });
  for (const canvas of [map.canvas, map.over]) [canvas.width, canvas.height] = [width * ratio, height * ratio];
  if (whole) reset(map);
  map.draw();
}

function drawAll(map) {
  if (!map.view || !map.looks) return;
  const n = map.table.n;
  const base = (n < 1500 ? 7 : n < 12_000 ? 5 : 3.6) * Math.min(1.2, Math.max(0.65, Math.sqrt(map.width * map.height) / 620));
  const size = Math.min(13, base * Math.max(1, map.view.scale / map.fit) ** 0.3);
  map.draws.draw({ ...map.view, width: map.width, height: map.height, ratio: map.ratio, size, faint: map.dark ? 0.22 : 0.17 });
  drawOverlay(map);
  noted(map);
}

// What is seen, on the map itself, for tests and style sheets.
function noted(map) {
  map.root.dataset.faces = map.faces.rows.size;
  map.root.dataset.zoom = (map.view.scale / map.fit).toFixed(2);
}

// Another map of the same faces says what happened on it.
function listenTo(map, { what, value, link, from }) {
  if (from === map || link !== map.link || !map.table || (from.table && from.table.n !== map.table.n)) return;
  if (what === "point") map.echoed = value;
  else {
    map.lasso = [];
    map.inside = value;
    restyle(map);
  }
  map.sketch();
}

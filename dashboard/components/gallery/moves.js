// Keys and clicks: moving, opening, and what the page will answer before it does.

const FOLLOW = 160; // milliseconds after the last arrow key until the detail follows
const AHEAD = 160; // sheets that are fetched before they are needed …
const FEW = 4 * AHEAD; // … where there are at most so many: of more, hardly one would be the one that is needed
const CALM = 500; // milliseconds after the first faces, in which the rest of the page is drawn

function open(g, index) {
  clearTimeout(g.timer);
  if (index < 0 || index >= g.order.length) return;
  g.cursor = index;
  g.opening = g.order[index];
  g.send("face", g.opening);
  draw(g);
}

function move(g, index) {
  g.cursor = Math.max(0, Math.min(g.order.length - 1, index));
  bring(g, g.cursor);
  draw(g);
  g.box.setAttribute("aria-activedescendant", `face-${g.cursor}`);
  clearTimeout(g.timer);
  if (g.data.chosen >= 0) g.timer = setTimeout(() => open(g, g.cursor), FOLLOW);
}

// The place some lines below (or above, where `lines` is negative) the cursor.
function leap(g, lines) {
  let index = Math.max(0, g.cursor);
  for (let i = 0; i < Math.abs(lines); i++) index = line(g.plan, index, Math.sign(lines));
  return index;
}

function pressed(g, event) {
  if (!g.plan || !g.order.length || event.ctrlKey || event.metaKey || event.altKey) return;
  const page = Math.max(1, Math.floor(g.box.clientHeight / g.plan.step));
  const keys = {
    ArrowRight: () => move(g, g.cursor + 1),
    ArrowLeft: () => move(g, g.cursor - 1),
    ArrowDown: () => move(g, g.cursor < 0 ? 0 : leap(g, 1)),
    ArrowUp: () => move(g, leap(g, -1)),
    PageDown: () => move(g, leap(g, page)),
    PageUp: () => move(g, leap(g, -page)),
    Home: () => move(g, 0),
    End: () => move(g, g.order.length - 1),
    Enter: () => open(g, g.cursor),
    " ": () => open(g, g.cursor),
  };
  if (!keys[event.key]) return;
  event.preventDefault();
  event.stopPropagation();
  keys[event.key]();
}

// A cell of the confusion matrix was clicked: its faces are known here, so they are shown before the page answers.
function foresee(g, event) {
  const { cells } = g.data ?? {};
  const cell = cells && g.table && event.composedPath().find((one) => one.dataset?.cell !== undefined)?.dataset.cell;
  if (!cell) return;
  const now = [cells.true, cells.pred].join("|");
  const [label, pred] = cell.split("|").map((name) => g.table.classes.indexOf(name));
  if (cell === now || (label < 0 && pred < 0)) return;
  const chosen = flags(cells.around, g.table.n);
  if (!keepCell(g.table.columns, chosen, label, pred, label < 0 || pred < 0 ? cells.outcome : "")) return;
  show(g, cell, chosen);
}

// Clear the flags of the rows outside a cell (-1: any class) and an outcome ("": both); how many are left.
function keepCell({ label: labels, pred: preds }, chosen, label, pred, outcome) {
  let left = 0;
  for (let row = 0; row < chosen.length; row++) {
    if (!chosen[row]) continue;
    const truth = labels[row];
    const taken = preds[row];
    const fits = (label < 0 || truth === label) && (pred < 0 || taken === pred);
    chosen[row] = fits && (!outcome || (truth === taken) === (outcome === "right")) ? 1 : 0;
    left += chosen[row];
  }
  return left;
}

// A map of the same table says which faces a lasso holds, before the page has answered.
function foreseeRows(g, { table, rows }) {
  if (!g.table || table !== g.data.table) return;
  show(g, rows, flags(rows, g.table.n));
}

function show(g, name, chosen) {
  g.foreseen = { name, chosen };
  arrange(g, false);
  answer(g.root);
}

// The sheets of the faces that a click may show next, fetched while nothing else happens.
function ahead(g) {
  const { sprites, cells, rows } = g.data;
  if (!sprites || g.ahead === sprites.url || navigator.connection?.saveData) return;
  g.ahead = sprites.url;
  const chosen = flags(cells?.around ?? rows, g.table.n);
  const wanted = new Set();
  chosen.forEach((flag, row) => flag && wanted.add(Math.floor(g.table.columns.place[row] / sprites.per)));
  if (wanted.size > FEW) return;
  const queue = [...wanted].filter((at) => at >= 0).slice(0, AHEAD).map((at) => sprites.url + at);
  const idle = window.requestIdleCallback ?? ((run) => setTimeout(run, 50));
  const next = () => {
    g.root.dataset.ahead = queue.length;
    if (queue.length) idle(() => sheet(queue.shift()).then(next, next));
  };
  setTimeout(next, CALM);
}

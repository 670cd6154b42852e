// In which order the faces are shown, and where each stands: pure functions of a table of columns.

const SORTS = {
  confidence: "confidence",
  loss: "loss",
  margin: "margin",
  disagreement: "disagreement",
  distance: "distance to its class",
  training: "distance to the training faces",
  file: "file order",
};
const GROUPS = { "": "no groups", label: "true class", pred: "predicted class", outcome: "outcome" };
const GAP = 8; // pixels between tiles
const HEADING = 34; // pixels: the line above a group

// All rows of the table by a column, made once for each; equal values stay in file order, NaN comes last.
function sorted(table, name, up) {
  const orders = (table.orders ??= {});
  const key = `${name} ${up}`;
  if (orders[key]) return orders[key];
  const rows = Uint32Array.from({ length: table.n }, (_, i) => i);
  const column = table.columns[name];
  if (!column) return (orders[key] = up ? rows : rows.reverse());
  const values = Float64Array.from(column, (value) => (Number.isNaN(value) ? Infinity : up ? value : -value));
  return (orders[key] = rows.sort((a, b) => values[a] - values[b] || a - b));
}

// Whether sorting by that column would say anything; of a million values that are all equal it is asked once.
const varying = new WeakMap();
function varies(column) {
  if (!column) return false;
  if (!varying.has(column)) varying.set(column, column.some((value) => value !== column[0]));
  return varying.get(column);
}

// Those of the rows whose flag is set; a loop, since a call for each of a million would take as long as all else.
function picked(rows, chosen) {
  const kept = new Uint32Array(rows.length);
  let n = 0;
  for (let i = 0; i < rows.length; i++) if (chosen[rows[i]]) kept[n++] = rows[i];
  return kept.slice(0, n);
}

// {order: rows in the order shown, groups: [{name, from, count}]} of the rows whose flag is set (null: all).
function arranged(table, chosen, look) {
  const every = sorted(table, look.sort, look.up);
  const order = chosen ? picked(every, chosen) : every.slice();
  if (!look.group) return { order, groups: [{ name: "", from: 0, count: order.length }] };
  const { label, pred } = table.columns;
  const outcome = look.group === "outcome";
  const names = outcome ? ["wrong", "right"] : table.classes;
  const code = outcome ? (row) => Number(label[row] === pred[row]) : (row) => table.columns[look.group][row];
  const parts = names.map(() => []);
  for (const row of order) parts[code(row)].push(row);
  const groups = [];
  let from = 0;
  parts.forEach((part, i) => {
    if (!part.length) return;
    groups.push({ name: names[i], from, count: part.length });
    order.set(part, from);
    from += part.length;
  });
  return { order, groups };
}

// Where everything stands in a box `width` pixels wide: {across, size, step, sections, height}.
function laidOut(groups, width, size, text) {
  const across = Math.max(1, Math.floor((width + GAP) / (size + GAP)));
  const wide = Math.floor((width - GAP * (across - 1)) / across);
  const step = wide + text + GAP;
  let top = 0;
  const sections = groups.map((group) => {
    const head = group.name ? HEADING : 0;
    const section = { ...group, top, body: top + head, lines: Math.ceil(group.count / across) };
    top = section.body + section.lines * step;
    return section;
  });
  return { across, size: wide, step, sections, height: top };
}

const sectionOf = (plan, index) => plan.sections.find((one) => index < one.from + one.count);

// {x, y} of the face at place `index` of the order.
function spot(plan, index) {
  const section = sectionOf(plan, index);
  if (!section) return { x: 0, y: 0 };
  const at = index - section.from;
  return { x: (at % plan.across) * (plan.size + GAP), y: section.body + Math.floor(at / plan.across) * plan.step };
}

// Places from..to (exclusive) of each section that lie between two heights.
function between(plan, top, bottom) {
  const parts = [];
  for (const { from, count, body, lines } of plan.sections) {
    const first = Math.max(0, Math.floor((top - body) / plan.step));
    const last = Math.min(lines, Math.ceil((bottom - body) / plan.step));
    if (last > first) parts.push([from + first * plan.across, Math.min(from + count, from + last * plan.across)]);
  }
  return parts;
}

// The place one line below (1) or above (-1), in the same column where there is one.
function line(plan, index, by) {
  const section = sectionOf(plan, index);
  if (!section) return index;
  const at = index - section.from;
  const column = at % plan.across;
  const target = Math.floor(at / plan.across) + by;
  if (target >= 0 && target < section.lines) return section.from + Math.min(target * plan.across + column, section.count - 1);
  const next = plan.sections[plan.sections.indexOf(section) + Math.sign(by)];
  if (!next) return index;
  const start = by > 0 ? 0 : (next.lines - 1) * plan.across;
  return next.from + Math.min(start + column, next.count - 1);
}

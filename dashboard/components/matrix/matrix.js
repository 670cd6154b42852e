// The table: names and cells to press, reached by arrow keys, one of them by Tab.

function pressable(made, pair, label, send) {
  made.tabIndex = -1;
  made.setAttribute("role", "button");
  made.setAttribute("aria-label", label);
  made.title = label;
  made.dataset.cell = pair.join("|");
  made.onclick = () => send(pair);
  return made;
}

function element(tag, name, ...texts) {
  const made = document.createElement(tag);
  made.className = name;
  for (const [kind, text] of texts) {
    const part = document.createElement(kind);
    part.textContent = text;
    made.append(part);
  }
  return made;
}

function tone(data, i, j) {
  const fill = data.fill[i][j];
  if (!data.graded) return "plain";
  if (!data.signed || fill === 0) return i === j ? "hit" : "miss";
  return (i === j) === fill > 0 ? "hit" : "miss"; // more on the diagonal, or less off it, is better
}

function drawTable(table, data, send) {
  const { classes, chosen } = data;
  const isChosen = (i, j) => (chosen[0] || chosen[1]) && (!chosen[0] || chosen[0] === classes[i]) && (!chosen[1] || chosen[1] === classes[j]);
  const longest = Math.max(0, ...classes.map((name) => name.length));
  table.className = longest > 10 || classes.length > 9 ? "tall" : "";
  table.style.setProperty("--classes", classes.length);
  table.setAttribute("aria-label", data.title);
  const corner = element("td", "corner", ...[[data.row, "↓"], [data.column, "→"]].filter(([word]) => word).map(([word, arrow]) => ["span", `${word} ${arrow}`]));
  corner.style.width = `${Math.min(150, Math.max(60, 10 + 7.2 * longest))}px`;
  const head = document.createElement("tr");
  head.append(corner, ...classes.map((name, j) => pressable(element("th", "column", ["span", name]), ["", name], data.columns[j], send)));
  const rows = classes.map((name, i) => {
    const row = document.createElement("tr");
    row.append(pressable(element("th", "row", ["span", name]), [name, ""], data.rows[i], send));
    classes.forEach((other, j) => {
      const fill = Math.abs(data.fill[i][j]);
      const names = [tone(data, i, j), i === j ? "same" : "", isChosen(i, j) ? "chosen" : "", fill === 0 ? "none" : ""];
      const made = element("td", names.filter(Boolean).join(" "), ["b", data.large[i][j]], ["small", data.small[i][j]]);
      made.style.setProperty("--share", fill.toFixed(3));
      row.append(pressable(made, [name, other], data.words[i][j], send));
    });
    return row;
  });
  table.replaceChildren(head, ...rows);
}

const MOVES = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

function reachable(table, first) {
  const at = (row, column) => table.rows[row]?.cells[column];
  const home = first ?? table.querySelector("td.chosen") ?? at(1, 1);
  if (home) home.tabIndex = 0;
  table.onkeydown = (event) => {
    const cell = event.target.closest("[data-cell]");
    if (!cell) return;
    if (event.key === "Enter" || event.key === " ") return event.preventDefault(), cell.onclick();
    const move = MOVES[event.key];
    const next = move && at(cell.parentNode.rowIndex + move[0], cell.cellIndex + move[1]);
    if (!next?.dataset.cell) return;
    event.preventDefault();
    cell.tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  };
}

export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  const frame = parentElement.querySelector(".frame");
  const table = frame.querySelector("table");
  const focused = table.getRootNode().activeElement?.dataset?.cell;
  drawTable(table, data, (pair) => (setTriggerValue("cell", pair), lead()));
  const again = focused === undefined ? null : [...table.querySelectorAll("[data-cell]")].find((cell) => cell.dataset.cell === focused);
  reachable(table, again);
  again?.focus({ preventScroll: true });
  menu(pictured(frame, table, data), data);
}

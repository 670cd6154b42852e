const FIRST = 100; // rows drawn before "Show all"
const [SHORT, LONG] = [18, 24]; // characters
const states = new WeakMap();

const element = (tag, name, text) => {
  const made = document.createElement(tag);
  if (name) made.className = name;
  if (text !== undefined) made.textContent = text;
  return made;
};

// Where a name may go on in the next line: after a dot, an underscore, a comma or a slash that a letter follows.
const pieces = (text) => text.split(/(?<=[._,/])(?=\p{L})/u).flatMap((part, i) => (i ? [document.createElement("wbr"), part] : [part]));

// Intervals and the like stay in one line; a sentence gets the room to be read.
const lengthOf = (text) => (text.length <= SHORT ? "short" : text.length >= LONG && text.includes(" ") ? "long" : "");

// Row numbers in the chosen order; what has no value comes last either way.
function ordered({ rows, columns }, { column, down }) {
  const order = rows.map((_, i) => i);
  if (column === null || column >= columns.length) return order;
  const value = (i) => rows[i][column][1] ?? rows[i][column][0];
  const empty = (one) => one === "" || one === "–";
  return order.sort((a, b) => {
    const [one, other] = [value(a), value(b)];
    if (empty(one) || empty(other)) return empty(one) - empty(other);
    const sign = typeof one === "number" && typeof other === "number" ? one - other : String(one).localeCompare(String(other), undefined, { numeric: true });
    return down ? -sign : sign;
  });
}

function head(data, state, draw) {
  const row = element("tr");
  data.columns.forEach((column, i) => {
    const cell = element("th", column.number ? "number" : "");
    const sorted = state.column === i;
    cell.setAttribute("aria-sort", sorted ? (state.down ? "descending" : "ascending") : "none");
    const button = element("button", "", column.label + (sorted ? (state.down ? " ↓" : " ↑") : ""));
    button.type = "button";
    if (column.help) button.title = column.help;
    button.onclick = () => {
      const first = Boolean(column.number);
      Object.assign(state, !sorted ? { column: i, down: first } : state.down === first ? { down: !first } : { column: null });
      draw();
    };
    cell.append(button);
    row.append(cell);
  });
  return row;
}

function body(data, state, send) {
  const shown = ordered(data, state).slice(0, state.all ? undefined : FIRST);
  const press = (i) => data.clickable && send("row", i);
  const made = shown.map((i, at) => {
    const chosen = data.chosen.includes(i);
    const row = element("tr", chosen ? "chosen" : "");
    row.dataset.row = i;
    data.rows[i].forEach(([text, , mark], column) => {
      const kind = data.columns[column].number ? "number" : column ? lengthOf(text) : "";
      const cell = element(column ? "td" : "th", `${kind} ${mark ?? ""}`.trim());
      cell.append(...pieces(text));
      if (!column) cell.scope = "row";
      row.append(cell);
    });
    if (!data.clickable) return row;
    row.tabIndex = at ? -1 : 0;
    row.setAttribute("aria-selected", String(chosen));
    row.onclick = () => String(getSelection()) === "" && press(i);
    row.onkeydown = (event) => {
      const step = { ArrowDown: "nextElementSibling", ArrowUp: "previousElementSibling" }[event.key];
      if (event.key !== "Enter" && event.key !== " " && !step) return;
      event.preventDefault();
      if (step) row[step]?.focus();
      else press(i);
    };
    return row;
  });
  return made;
}

export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  if (!states.has(parentElement)) states.set(parentElement, { column: null, down: false, all: false });
  const state = states.get(parentElement);
  const frame = parentElement.querySelector(".frame");
  const table = frame.querySelector("table");
  const more = frame.querySelector(".more");
  const draw = () => {
    table.setAttribute("aria-label", data.title);
    table.className = data.clickable ? "clickable" : "";
    table.querySelector("thead").replaceChildren(head(data, state, draw));
    table.querySelector("tbody").replaceChildren(...body(data, state, (name, value) => (setTriggerValue(name, value), lead())));
    more.hidden = state.all || data.rows.length <= FIRST;
    more.textContent = `Show all ${data.rows.length.toLocaleString("en")} rows`;
  };
  more.onclick = () => ((state.all = true), draw());
  frame.querySelector(".scroll").style.maxHeight = data.height ? `${data.height}px` : "";
  frame.querySelector(".save").onclick = () => {
    const values = data.rows.map((row) => row.map(([text, value]) => (typeof value === "number" ? value : text)));
    saveCsv([data.columns.map((column) => column.label), ...values], fileName(data.title) || "table");
  };
  draw();
  return () => states.delete(parentElement);
}

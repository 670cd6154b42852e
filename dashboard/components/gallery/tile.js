// One face: its picture, what it is and what it was taken for. Tiles are made once and filled again and again.

function made(tag, name, text = "") {
  const element = document.createElement(tag);
  element.className = name;
  element.textContent = text;
  return element;
}

function newTile() {
  const element = made("div", "face");
  element.setAttribute("role", "option");
  const picture = made("div", "picture");
  const canvas = document.createElement("canvas");
  const initials = made("span", "initials");
  const file = made("span", "file");
  picture.append(canvas, initials, file);
  const title = made("span", "title");
  const note = made("span", "note");
  const [taken, sure] = [made("span", "taken"), made("span", "sure")];
  note.append(taken, sure);
  element.append(picture, title, note);
  return { element, picture, canvas, initials, file, title, taken, sure, row: -1, drawn: false };
}

const share = (value) => `${Math.round(100 * value)}%`;
const lastPart = (path) => path.slice(path.lastIndexOf("/") + 1);

// What stands under a face: [first line, second line, how sure, whether it is right]; a long second line is cut, never how sure.
function wording(state, row) {
  const { label, pred, confidence } = state.table.columns;
  const { classes } = state.table;
  const right = label[row] === pred[row];
  const said = state.notes.get(row);
  const taken = said ?? (right ? "" : `→ ${classes[pred[row]]}`);
  return [classes[label[row]], taken, said === undefined ? share(confidence[row]) : "", right];
}

function fill(tile, state, row) {
  const { columns, colours } = state.table;
  const [title, taken, sure, right] = wording(state, row);
  const note = [taken, sure].filter(Boolean).join(" ");
  tile.row = row;
  tile.element.dataset.row = row;
  tile.title.textContent = title;
  tile.taken.textContent = taken;
  tile.sure.textContent = sure;
  tile.element.classList.toggle("wrong", !right);
  tile.element.title = `${title} ${note}${state.names ? `\n${state.names[row]}` : ""}`;
  tile.element.setAttribute("aria-label", `${title}, ${right ? "right" : "wrong"}, ${note}`);
  tile.element.style.setProperty("--class", colours[columns.label[row]]);
  const missing = columns.place[row] < 0 || !state.data.sprites;
  tile.element.classList.toggle("missing", missing);
  tile.initials.textContent = missing ? title.slice(0, 2) : "";
  tile.file.textContent = missing && state.names ? lastPart(state.names[row]) : "";
  tile.drawn = missing;
  tile.canvas.style.visibility = "hidden";
}

// Draw the face of a tile that was filled, unless its sheet is still on its way.
function paint(tile, state, later) {
  const { sprites } = state.data;
  const { side } = sprites;
  if (tile.canvas.width !== side) tile.canvas.width = tile.canvas.height = side;
  tile.pen ??= tile.canvas.getContext("2d", { willReadFrequently: true });
  tile.drawn = drawFace(tile.pen, sprites, state.table.columns.place[tile.row], 0, 0, side, later);
  if (tile.drawn) tile.canvas.style.visibility = "visible";
}

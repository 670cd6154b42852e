// What is drawn over the points on a canvas of its own: faces, the lasso, marks, and rings around the open and the hovered one.

const CROWD = 500; // faces in view from which on only dots are drawn
const CLOSE = 1.5; // times the zoom that shows all

const toScreen = (map, x, y) => [map.width / 2 + (x - map.view.cx) * map.view.scale, map.height / 2 - (y - map.view.cy) * map.view.scale];
const toPlane = (map, px, py) => [map.view.cx + (px - map.width / 2) / map.view.scale, map.view.cy - (py - map.height / 2) / map.view.scale];

function drawOverlay(map) {
  const context = map.over.getContext("2d");
  context.setTransform(map.ratio, 0, 0, map.ratio, 0, 0);
  context.clearRect(0, 0, map.width, map.height);
  map.faces = drawFaces(map, context);
  if (map.path) outline(map, context, map.path, true);
  else if (map.lasso.length) outline(map, context, map.lasso.map(([x, y]) => toScreen(map, x, y)), false);
  for (const mark of map.marks) drawMark(map, context, mark);
  if (map.open >= 0) ring(map, context, map.open, map.accent, 3);
  const pointed = map.pointed >= 0 ? map.pointed : map.echoed;
  if (pointed >= 0) ring(map, context, pointed, map.ink, 2);
}

// The rows in view that are neither hidden nor dimmed; null where they are more than `most`.
function inView(map, most) {
  const [left, high] = toPlane(map, 0, 0);
  const [right, low] = toPlane(map, map.width, map.height);
  const rows = [];
  within(map.grid, left, right, low, high, (i) => (map.looks[4 * i + 3] & (SHOWN | DIM)) === SHOWN && rows.push(i));
  return rows.length > most ? null : rows;
}

// Faces instead of dots: at most one in each square of the screen, so that none hides another.
// Returns their rows and their side in pixels.
function drawFaces(map, context) {
  const drawn = { rows: new Set(), side: 0 };
  if (!map.sprites || map.showFaces === "never") return drawn;
  if (map.showFaces === "near" && map.view.scale < CLOSE * map.fit) return drawn;
  const rows = inView(map, map.showFaces === "always" ? Infinity : CROWD);
  if (!rows || !rows.length) return drawn;
  const side = Math.round(Math.min(60, Math.max(24, 0.7 * Math.sqrt((map.width * map.height) / rows.length))));
  const taken = new Map(); // square of the screen -> where in it a face is
  drawn.side = side;
  for (const i of rows) {
    const [x, y] = toScreen(map, map.x[i], map.y[i]);
    const [column, line] = [Math.floor(x / side), Math.floor(y / side)];
    if (near(taken, column, line, x / side, y / side)) continue;
    if (!drawFace(context, map.sprites, map.place[i], x - side / 2, y - side / 2, side, map.sketch)) continue;
    taken.set(`${column},${line}`, [x / side, y / side]);
    context.lineWidth = 2;
    context.strokeStyle = `rgb(${map.looks[4 * i]},${map.looks[4 * i + 1]},${map.looks[4 * i + 2]})`;
    context.strokeRect(x - side / 2, y - side / 2, side, side);
    drawn.rows.add(i);
  }
  return drawn;
}

// Whether a face that is already drawn would cover most of this one.
function near(taken, column, line, x, y) {
  for (let c = column - 1; c <= column + 1; c++)
    for (let l = line - 1; l <= line + 1; l++) {
      const other = taken.get(`${c},${l}`);
      if (other && Math.abs(other[0] - x) < 0.9 && Math.abs(other[1] - y) < 0.9) return true;
    }
  return false;
}

function outline(map, context, corners, drawing) {
  context.beginPath();
  for (const [x, y] of corners) context.lineTo(x, y);
  if (!drawing || map.tool === "box") context.closePath();
  context.fillStyle = map.accent;
  context.globalAlpha = 0.09;
  context.fill();
  context.globalAlpha = 1;
  context.strokeStyle = map.accent;
  context.lineWidth = 2;
  context.setLineDash(drawing ? [] : [5, 4]);
  context.stroke();
  context.setLineDash([]);
}

function ring(map, context, row, colour, width) {
  if (!Number.isFinite(map.x[row])) return;
  const [x, y] = toScreen(map, map.x[row], map.y[row]);
  const half = map.faces.rows.has(row) ? map.faces.side / 2 + 3 : 0;
  for (const [line, stroke] of [[width + 2, map.paper], [width, colour]]) {
    context.beginPath();
    if (half) context.rect(x - half, y - half, 2 * half, 2 * half);
    else context.arc(x, y, 9, 0, 7);
    context.lineWidth = line;
    context.strokeStyle = stroke;
    context.stroke();
  }
}

// A face from elsewhere, placed on this map: a pin with its picture and what it is.
function drawMark(map, context, mark) {
  const at = mark.places[map.layout];
  if (!at) return;
  const [x, y] = toScreen(map, ...at);
  context.fillStyle = context.strokeStyle = map.accent;
  context.lineWidth = 2;
  context.beginPath();
  context.arc(x, y, 6, 0, 7);
  context.fill();
  context.strokeStyle = map.paper;
  context.stroke();
  const image = mark.picture ? sheets.get(mark.picture) : null;
  if (mark.picture && image === undefined) {
    sheets.set(mark.picture, null);
    sheet(mark.picture).then((made) => (sheets.set(mark.picture, made), map.sketch()), () => {});
  }
  context.strokeStyle = map.accent;
  if (image) {
    context.drawImage(image, x - 28, y - 70, 56, 56);
    context.strokeRect(x - 28, y - 70, 56, 56);
  }
  context.font = `600 12px ${map.font}`;
  context.textAlign = "center";
  context.lineWidth = 4;
  context.strokeStyle = map.paper;
  context.strokeText(mark.label, x, y + 20);
  context.fillStyle = map.ink;
  context.fillText(mark.label, x, y + 20);
  context.textAlign = "start";
}

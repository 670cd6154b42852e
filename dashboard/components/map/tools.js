// Mouse, fingers and keys: lasso, box, pan, zoom, a click on a face.

const STILL = 4; // pixels that a click may move
const TOOLS = { lasso: "Draw a lasso", box: "Draw a box", pan: "Move the map" };

function listen(map, send) {
  const { stage } = map;
  const ready = (act) => (event) => map.view && act(event); // nothing to touch before the table has come
  const fingers = new Map();
  let gesture = null;
  const at = (event) => {
    const box = stage.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };

  stage.onpointerdown = ready((event) => {
    if (event.button === 2) return;
    stage.focus({ preventScroll: true });
    fingers.set(event.pointerId, at(event));
    const touch = event.pointerType === "touch";
    if (fingers.size === 2) gesture = { kind: "pinch", ...spread(fingers) };
    else {
      const kind = event.button === 1 || event.shiftKey ? "pan" : map.tool || (touch ? "tap" : "pan");
      gesture = { kind, start: at(event), last: at(event), moved: false, touch };
    }
    if (gesture.kind !== "tap") stage.setPointerCapture(event.pointerId);
    if (event.button === 1) event.preventDefault();
  });

  stage.onpointermove = ready((event) => {
    const here = at(event);
    if (!fingers.has(event.pointerId)) return point(map, here, 10);
    fingers.set(event.pointerId, here);
    if (!gesture) return;
    if (gesture.kind === "pinch") return pinch(map, gesture, fingers);
    gesture.moved ||= Math.hypot(here[0] - gesture.start[0], here[1] - gesture.start[1]) > STILL;
    if (gesture.moved) drag(map, gesture, here);
    gesture.last = here;
  });

  stage.onpointerup = ready((event) => {
    if (!fingers.delete(event.pointerId)) return;
    const ended = gesture;
    gesture = null;
    if (!ended || ended.kind === "pinch") return;
    if (!ended.moved) press(map, ended, send);
    else if (map.path) release(map, send);
  });
  stage.onpointercancel = (event) => {
    fingers.delete(event.pointerId);
    gesture = map.path = null;
    map.sketch();
  };
  stage.onpointerleave = () => point(map, null);
  stage.ondblclick = ready(() => reset(map));
  stage.onwheel = ready((event) => {
    event.preventDefault();
    zoomAt(map, at(event), Math.exp(-event.deltaY * (event.ctrlKey ? 0.01 : 0.0016) * (event.deltaMode ? 16 : 1)));
  });
  stage.onkeydown = ready((event) => key(map, event, send));
}

function drag(map, gesture, here) {
  if (gesture.kind === "pan") {
    map.view.cx -= (here[0] - gesture.last[0]) / map.view.scale;
    map.view.cy += (here[1] - gesture.last[1]) / map.view.scale;
    point(map, null);
  } else if (gesture.kind === "lasso") {
    map.path ??= [gesture.start];
    const [x, y] = map.path.at(-1);
    if (Math.hypot(here[0] - x, here[1] - y) > 2) map.path.push(here);
  } else if (gesture.kind === "box") {
    const [x, y] = gesture.start;
    map.path = [[x, y], [here[0], y], here, [x, here[1]]];
  }
  if (gesture.kind === "pan") map.redraw();
  else map.sketch();
}

const spread = (fingers) => {
  const [[x1, y1], [x2, y2]] = [...fingers.values()];
  return { middle: [(x1 + x2) / 2, (y1 + y2) / 2], apart: Math.hypot(x2 - x1, y2 - y1) };
};

function pinch(map, gesture, fingers) {
  const now = spread(fingers);
  map.view.cx -= (now.middle[0] - gesture.middle[0]) / map.view.scale;
  map.view.cy += (now.middle[1] - gesture.middle[1]) / map.view.scale;
  zoomAt(map, now.middle, now.apart / (gesture.apart || 1));
  Object.assign(gesture, now);
}

function zoomAt(map, [px, py], times) {
  const [x, y] = toPlane(map, px, py);
  const { view } = map;
  view.scale = Math.min(4000 * map.fit, Math.max(0.4 * map.fit, view.scale * times));
  view.cx = x - (px - map.width / 2) / view.scale;
  view.cy = y + (py - map.height / 2) / view.scale;
  point(map, null);
  map.redraw();
}

function reset(map) {
  const { left, right, low, high } = map.grid.bounds;
  map.fit = 0.93 * Math.min(map.width / (right - left || 1), map.height / (high - low || 1));
  map.view = { cx: (left + right) / 2, cy: (low + high) / 2, scale: map.fit };
  point(map, null);
  map.redraw();
}

const hit = (map, [px, py], reach) => {
  const [x, y] = toPlane(map, px, py);
  const far = Math.max(reach, map.faces.side / 2) / map.view.scale;
  const row = nearestTo(map.grid, x, y, far, (i) => (map.looks[4 * i + 3] & (SHOWN | DIM)) === SHOWN);
  return row >= 0 ? row : nearestTo(map.grid, x, y, far, (i) => map.looks[4 * i + 3] & SHOWN);
};

function press(map, gesture, send) {
  const row = hit(map, gesture.start, gesture.touch ? 18 : 10);
  if (row < 0) return point(map, null);
  map.open = row;
  if (gesture.touch) point(map, gesture.start, 18);
  map.sketch();
  send("face", row);
}

// A lasso or a box is complete: it is answered here, and sent once.
function release(map, send) {
  const corners = thinned(map.path.map(([x, y]) => toPlane(map, x, y)));
  map.path = null;
  if (corners.length < 3) return map.sketch();
  select(map, corners, send);
}

// The faces within a polygon are chosen ([]: all again): seen here and in a gallery at once, and sent.
function select(map, corners, send) {
  map.lasso = corners;
  map.inside = corners.length ? insideOf(map.x, map.y, corners) : null;
  map.sent = JSON.stringify(corners);
  if (map.gallery) {
    const rows = bits(map.table.n, (i) => (!map.kept || map.kept[i]) && (!map.inside || map.inside[i]));
    window.dispatchEvent(new CustomEvent("ferkit-rows", { detail: { table: map.gallery, rows } }));
  }
  send("lasso", corners);
  announce("lasso", map, map.inside);
  requestAnimationFrame(map.restyle); // the gallery first
  map.sketch();
}

function key(map, event, send) {
  const step = 60 / map.view.scale;
  const moves = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, step], ArrowDown: [0, -step] };
  const centre = [map.width / 2, map.height / 2];
  if (event.key in moves) {
    map.view.cx += moves[event.key][0];
    map.view.cy += moves[event.key][1];
  } else if (event.key === "+" || event.key === "=") zoomAt(map, centre, 1.4);
  else if (event.key === "-") zoomAt(map, centre, 1 / 1.4);
  else if (event.key === "0") reset(map);
  else if (event.key === "Escape" && map.open < 0 && (map.path || map.lasso.length)) {
    if (!map.path) select(map, [], send);
    map.path = null;
  } else if (event.key === "Enter" && map.pointed >= 0) {
    map.open = map.pointed;
    send("face", map.pointed);
  } else return;
  event.preventDefault();
  event.stopPropagation(); // the arrow keys are not the open face's now
  if (event.key !== "Enter" && event.key !== "Escape") point(map, centre, Math.hypot(...centre));
  map.redraw();
}

// What happens on one map is seen on the others that are linked with it.
function announce(what, map, value) {
  if (map.link) window.dispatchEvent(new CustomEvent("ferkit-map", { detail: { what, value, link: map.link, from: map } }));
}

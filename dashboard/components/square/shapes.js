// Squares as { x, y, side } in pixels of the picture.

// The square stays in the picture, whatever is asked for.
function within({ x, y, side }, data) {
  const most = Math.min(data.width, data.height);
  const size = Math.min(most, Math.max(Math.min(data.smallest, most), side));
  return { x: Math.min(Math.max(0, x), data.width - size), y: Math.min(Math.max(0, y), data.height - size), side: size };
}

// From the corner that stays to where the pointer is: a square towards that side, as far as the picture goes.
function spanned([x0, y0], [x1, y1], data) {
  const right = x1 >= x0;
  const down = y1 >= y0;
  const room = Math.min(right ? data.width - x0 : x0, down ? data.height - y0 : y0);
  const least = Math.min(data.smallest, room);
  const side = Math.min(Math.max(Math.abs(x1 - x0), Math.abs(y1 - y0), least), room);
  return { x: right ? x0 : x0 - side, y: down ? y0 : y0 - side, side };
}

// A square of a usual size around a point.
function around([x, y], data) {
  const side = Math.min(data.width, data.height) / 3;
  return within({ x: x - side / 2, y: y - side / 2, side }, data);
}

// The corner opposite to "nw", "ne", "sw" or "se".
function opposite(corner, { x, y, side }) {
  return [corner[1] === "w" ? x + side : x, corner[0] === "n" ? y + side : y];
}

function moved(square, key, step, data) {
  const ways = { ArrowLeft: [-1, 0, 0], ArrowRight: [1, 0, 0], ArrowUp: [0, -1, 0], ArrowDown: [0, 1, 0] };
  const sizes = { "+": [-0.5, -0.5, 1], "=": [-0.5, -0.5, 1], "-": [0.5, 0.5, -1], "−": [0.5, 0.5, -1] };
  const way = ways[key] ?? sizes[key];
  if (!way) return null;
  return within({ x: square.x + way[0] * step, y: square.y + way[1] * step, side: square.side + way[2] * step }, data);
}

// Points on a plane: which lie in a polygon, which is nearest, which are in view.

const CORNERS = 60; // of a polygon, at most
const CELLS = 96; // of the grid, along either side

// As an address writes it: four digits.
const rounded = (value) => Number(value.toPrecision(4));

// Uint8Array: which of the points (x, y) lie in the polygon, by the parity of the edges that a ray to the right crosses.
function insideOf(x, y, polygon) {
  const out = new Uint8Array(x.length);
  for (let k = 0; k < polygon.length; k++) {
    const [x1, y1] = polygon[k];
    const [x2, y2] = polygon[(k + 1) % polygon.length];
    if (y1 === y2) continue;
    for (let i = 0; i < x.length; i++)
      if (y1 > y[i] !== y2 > y[i] && x[i] < ((x2 - x1) * (y[i] - y1)) / (y2 - y1) + x1) out[i] ^= 1;
  }
  return out;
}

// A path as a polygon of at most CORNERS corners: those that change its area least are left out, one by one.
function thinned(path) {
  const corners = path.slice();
  const weight = (i) => {
    const [a, b, c] = [corners[(i + corners.length - 1) % corners.length], corners[i], corners[(i + 1) % corners.length]];
    return Math.abs((b[0] - a[0]) * (c[1] - a[1]) - (c[0] - a[0]) * (b[1] - a[1]));
  };
  while (corners.length > CORNERS) {
    let least = 0, smallest = Infinity;
    for (let i = 0; i < corners.length; i++) {
      const size = weight(i);
      if (size < smallest) [least, smallest] = [i, size];
    }
    corners.splice(least, 1);
  }
  return corners.map(([x, y]) => [rounded(x), rounded(y)]);
}

// The rows sorted into cells: `start[c]` to `start[c + 1]` of `rows` lie in cell c.
function gridOf(x, y) {
  const bounds = boundsOf(x, y);
  const { left, low } = bounds;
  const across = (bounds.right - left) / CELLS || 1;
  const up = (bounds.high - low) / CELLS || 1;
  const cell = (px, py) => clamp(Math.floor((py - low) / up)) * CELLS + clamp(Math.floor((px - left) / across));
  const start = new Uint32Array(CELLS * CELLS + 1);
  for (let i = 0; i < x.length; i++) start[cell(x[i], y[i]) + 1]++;
  for (let c = 0; c < CELLS * CELLS; c++) start[c + 1] += start[c];
  const next = start.slice();
  const rows = new Uint32Array(x.length);
  for (let i = 0; i < x.length; i++) rows[next[cell(x[i], y[i])]++] = i;
  return { x, y, bounds, across, up, start, rows };
}

const clamp = (value) => Math.min(CELLS - 1, Math.max(0, value));

function boundsOf(x, y) {
  const bounds = { left: Infinity, right: -Infinity, low: Infinity, high: -Infinity };
  for (let i = 0; i < x.length; i++) {
    if (!Number.isFinite(x[i]) || !Number.isFinite(y[i])) continue;
    if (x[i] < bounds.left) bounds.left = x[i];
    if (x[i] > bounds.right) bounds.right = x[i];
    if (y[i] < bounds.low) bounds.low = y[i];
    if (y[i] > bounds.high) bounds.high = y[i];
  }
  return Number.isFinite(bounds.left) ? bounds : { left: -1, right: 1, low: -1, high: 1 };
}

// Calls `each(row)` for the rows in a rectangle of the plane.
function within(grid, left, right, low, high, each) {
  const column = (value) => clamp(Math.floor((value - grid.bounds.left) / grid.across));
  const line = (value) => clamp(Math.floor((value - grid.bounds.low) / grid.up));
  const [from, to] = [column(left), column(right)];
  for (let r = line(low); r <= line(high); r++)
    for (let k = grid.start[r * CELLS + from]; k < grid.start[r * CELLS + to + 1]; k++) {
      const i = grid.rows[k];
      if (grid.x[i] >= left && grid.x[i] <= right && grid.y[i] >= low && grid.y[i] <= high) each(i);
    }
}

// The row nearest to a point of the plane, not farther than `reach` and accepted by `fits`; -1 where there is none.
function nearestTo(grid, x, y, reach, fits) {
  let best = -1, least = reach * reach;
  within(grid, x - reach, x + reach, y - reach, y + reach, (i) => {
    const far = (grid.x[i] - x) ** 2 + (grid.y[i] - y) ** 2;
    if (far <= least && fits(i)) [best, least] = [i, far];
  });
  return best;
}

// What is brought into view, and what stays where it is.

const [DRAWER, DRAWER_MOST] = [0.62, 560]; // how high the detail is in a narrow window: of its height, pixels
const STACKED = 640; // pixels: in a window narrower than this, one thing stands above the other

// The open face where it is in view, else the first face in view, and how far it is below the top.
function anchored(g) {
  const { plan, box } = g;
  const shown = g.order.indexOf(g.data.chosen);
  const top = box.scrollTop;
  if (shown >= 0) {
    const { y } = spot(plan, shown);
    if (y > top - plan.step && y < top + box.clientHeight) return { index: shown, below: y - top };
  }
  const index = between(plan, top, top + box.clientHeight)[0]?.[0] ?? 0;
  return { index, below: spot(plan, index).y - top };
}

function bring(g, index) {
  const { plan, box } = g;
  const { y } = spot(plan, index);
  const end = y + plan.step;
  if (y < box.scrollTop) box.scrollTop = y - (index < plan.across ? HEADING : 0);
  else if (end > box.scrollTop + box.clientHeight) box.scrollTop = end - box.clientHeight;
}

// After the page was drawn: the open face, or the place where this gallery was left; on a phone the gallery itself.
function reveal(g, before, same) {
  const { root, box, data } = g;
  const shown = g.order.indexOf(data.chosen);
  const left = places.get(g.key);
  if (!before && left?.of === g.arranged) box.scrollTop = left.top;
  const opened = shown >= 0 && (!same || before?.chosen !== data.chosen);
  if (opened) {
    g.cursor = shown;
    bring(g, shown);
  }
  draw(g);
  if (opened && root.classList.contains("drawer")) uncover(g, shown);
  else if (before && !same) answer(root);
}

// On a phone the faces may be below or above the window.
function answer(root) {
  const { top } = root.getBoundingClientRect();
  const away = top > 0.6 * innerHeight || top < -0.5 * innerHeight;
  if (innerWidth < STACKED && away) root.scrollIntoView({ block: "start", behavior: "smooth" });
}

// The open face above the drawer that came from below.
function uncover(g, index) {
  const { box, plan } = g;
  const free = innerHeight - Math.min(DRAWER * innerHeight, DRAWER_MOST);
  const { y } = spot(plan, index);
  const bottom = () => box.getBoundingClientRect().top + y - box.scrollTop + plan.size;
  if (bottom() <= free) return;
  box.scrollTop = y - EDGE;
  // Where it was opened elsewhere, below which the gallery lies, the eye stays there.
  const seen = g.opening === g.data.chosen || g.root.getBoundingClientRect().top < free;
  if (seen && bottom() > free) g.root.scrollIntoView({ block: "start" });
}

// Pixels of the gallery, from its right edge, that lie under the panel of the open face.
function covered(root, data) {
  if (data.chosen < 0 || innerWidth < data.narrow) return 0;
  const { left, right } = root.getBoundingClientRect();
  const panel = Math.min(data.panel.most, Math.max(data.panel.least, innerWidth * data.panel.share));
  const hidden = Math.round(right - (innerWidth - panel) + 2 * GAP);
  return hidden > 0 && right - left - hidden > 56 ? hidden : 0;
}

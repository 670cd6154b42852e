// The gallery as a component: what the page says is drawn, what the visitor does is sent once.

const PATIENCE = 4000; // milliseconds for the page to answer a choice
const galleries = new WeakMap();
const places = (window.ferkitGalleries ??= new Map()); // key -> where it was scrolled to, for which faces

export default function (component) {
  const { data, key, parentElement } = component;
  const root = parentElement.querySelector(".gallery");
  let gallery = galleries.get(root);
  if (!gallery) galleries.set(root, (gallery = newGallery(root, key)));
  gallery.send = component.setTriggerValue;
  update(gallery, data);
  return () => leave(gallery);
}

function newGallery(root, key) {
  const [box, faces, heads, field, word] = ["box", "faces", "heads", "field", "waiting"].map((name) => made("div", name));
  const g = { root, key, box, faces, heads, field, word, mounted: new Map(), spare: [], notes: new Map() };
  Object.assign(g, { data: null, table: null, plan: null, order: [], groups: [], cursor: -1, sent: null, frame: 0, timer: 0 });
  g.bar = newBar((look, done) => {
    g.look = look;
    arrange(g, true);
    if (!done) return;
    g.sent = { look: JSON.stringify(look), at: performance.now() };
    g.send("look", look);
  });
  g.later = () => (g.frame ||= requestAnimationFrame(() => ((g.frame = 0), draw(g))));
  box.tabIndex = 0;
  box.setAttribute("role", "listbox");
  faces.append(heads, field);
  box.append(faces);
  root.replaceChildren(g.bar.element, box, word);
  g.resized = new ResizeObserver(() => g.table && lay(g));
  g.resized.observe(box);
  listen(g);
  return g;
}

function leave(g) {
  g.resized.disconnect();
  g.ignore();
  clearTimeout(g.timer);
  cancelAnimationFrame(g.frame);
}

function listen(g) {
  const { box, field } = g;
  const scrolled = () => {
    places.set(g.key, { of: g.arranged, top: box.scrollTop });
    g.later();
  };
  box.addEventListener("scroll", scrolled, { passive: true });
  field.onclick = (event) => {
    const element = event.target.closest(".face");
    if (element) open(g, g.order.indexOf(Number(element.dataset.row)));
  };
  box.onfocus = () => {
    if (!g.plan || g.cursor >= 0 || !box.matches(":focus-visible")) return;
    g.cursor = between(g.plan, box.scrollTop, box.scrollTop + 1)[0]?.[0] ?? -1;
    draw(g);
  };
  // Before anything else on the page sees a key: arrow keys step through faces there.
  const key = (event) => {
    const path = event.composedPath();
    if (path.includes(box)) pressed(g, event);
    else if (path.includes(g.bar.element) && event.key.startsWith("Arrow")) event.stopPropagation();
  };
  const cell = (event) => foresee(g, event);
  const lassoed = (event) => foreseeRows(g, event.detail);
  window.addEventListener("keydown", key, true);
  document.addEventListener("click", cell, true);
  window.addEventListener("ferkit-rows", lassoed);
  g.ignore = () => {
    window.removeEventListener("keydown", key, true);
    document.removeEventListener("click", cell, true);
    window.removeEventListener("ferkit-rows", lassoed);
  };
}

async function update(g, data) {
  const before = g.data;
  g.data = data;
  g.foreseen = null;
  adopt(g, before?.look, data.look);
  g.box.setAttribute("aria-label", data.label);
  g.root.style.setProperty("--right", data.frames[1]);
  g.root.style.setProperty("--wrong", data.frames[0]);
  window.dispatchEvent(new CustomEvent("ferkit-open", { detail: { table: data.table, row: data.chosen } }));
  try {
    const [columns, names] = await Promise.all([table(data.table), data.names ? named(data.names) : null]);
    if (g.data !== data) return;
    Object.assign(g, { table: columns, names, notes: noted(data, columns.n) });
    g.word.textContent = "";
    const same = arrange(g, before?.table === data.table && before.rows === data.rows);
    reveal(g, before, same);
    ahead(g);
  } catch (error) {
    g.word.textContent = "The faces could not be fetched. Reload the page.";
    console.error(error);
  }
}

// The page's word on how to arrange, unless it is still on its way from a choice made here before the last.
function adopt(g, before, look) {
  const [old, now] = [JSON.stringify(before), JSON.stringify(look)];
  if (g.sent && now !== g.sent.look && performance.now() - g.sent.at < PATIENCE) return;
  g.sent = null;
  if (now !== old || !g.look) g.look = look;
}

// File names of all rows, asked for where there is no image.
const named = (address) => keep(address, async () => (await fetch(address)).json());

// row -> what stands under its face in place of the prediction.
function noted(data, n) {
  const notes = new Map();
  if (!data.notes) return notes;
  const chosen = flags(data.rows, n) ?? new Uint8Array(n).fill(1);
  let at = 0;
  chosen.forEach((flag, row) => flag && notes.set(row, data.notes.texts[data.notes.codes[at++]]));
  return notes;
}

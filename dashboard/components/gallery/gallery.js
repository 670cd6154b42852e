const EDGE = 3; // pixels: the padding of the box, for the outline of a face
const TEXT = 37; // pixels: the two lines under a face
const BARE = 64; // pixels: smaller faces have no text
const [DRAWER, DRAWER_MOST] = [0.62, 560]; // how high the detail is in a narrow window: of its height, pixels
const STACKED = 640; // pixels: in a window narrower than this, one thing stands above the other
const FOLLOW = 160; // milliseconds after the last arrow key until the detail follows
const PATIENCE = 4000; // milliseconds for the page to answer a choice
const galleries = new WeakMap();
const places = (window.ferkitGalleries ??= new Map()); // key -> where it was scrolled to, for which faces

export default function (component) {
  const { data, key, parentElement } = component;
  const root = parentElement.querySelector(".gallery");
  let gallery = galleries.get(root);
  if (!gallery) galleries.set(root, (gallery = newGallery(root, key)));
  gallery.send = component.setTriggerValue;
  gallery.update(data);
  return () => gallery.leave();
}

function newGallery(root, key) {
  const state = { data: null, table: null, order: [], groups: [], plan: null, notes: new Map(), names: null, cursor: -1 };
  const bar = newBar((look, done) => {
    state.look = look;
    arrange(true);
    if (!done) return;
    told = { look: JSON.stringify(look), at: performance.now() };
    self.send("look", look);
  });
  const box = made("div", "box");
  const sheetOfFaces = made("div", "faces");
  const empty = made("div", "waiting", "");
  Object.assign(box, { tabIndex: 0 });
  box.setAttribute("role", "listbox");
  box.append(sheetOfFaces);
  root.replaceChildren(bar.element, box, empty);
  const mounted = new Map(); // place in the order -> tile
  const spare = [];
  let heads = [];
  let frame = 0;
  let timer = 0;
  let told = null; // the last choice that was sent

  const later = () => (frame ||= requestAnimationFrame(() => ((frame = 0), draw())));
  const resized = new ResizeObserver(() => state.table && lay());
  resized.observe(box);
  box.addEventListener("scroll", () => (remember(), later()), { passive: true });

  // A map of the same table says which faces a lasso holds, before the page has answered.
  const lassoed = ({ detail }) => {
    if (!state.table || detail.table !== state.data.table) return;
    state.data = { ...state.data, rows: detail.rows };
    arrange(false);
  };
  window.addEventListener("ferkit-rows", lassoed);

  const self = {
    send: () => {},
    leave() {
      window.removeEventListener("ferkit-rows", lassoed);
      resized.disconnect();
      clearTimeout(timer);
      cancelAnimationFrame(frame);
    },
    async update(data) {
      const before = state.data;
      state.data = data;
      adopt(before?.look, data.look);
      box.setAttribute("aria-label", data.label);
      root.style.setProperty("--right", data.frames[1]);
      root.style.setProperty("--wrong", data.frames[0]);
      window.dispatchEvent(new CustomEvent("ferkit-open", { detail: { table: data.table, row: data.chosen } }));
      try {
        const [columns, names] = await Promise.all([table(data.table), data.names ? named(data.names) : null]);
        if (state.data !== data) return;
        const same = before && before.table === data.table && before.rows === data.rows;
        Object.assign(state, { table: columns, names, notes: noted(data, columns.n) });
        empty.textContent = "";
        arrange(same);
        reveal(before, same);
      } catch {
        empty.textContent = "The faces could not be fetched. Reload the page.";
      }
    },
  };

  // The page's word on how to arrange, unless it is still on its way from a choice made here before the last.
  function adopt(before, look) {
    const [old, now] = [JSON.stringify(before), JSON.stringify(look)];
    if (told && now !== told.look && performance.now() - told.at < PATIENCE) return;
    told = null;
    if (now !== old || !state.look) state.look = look;
  }

  // Order and groups anew; `stay` keeps what is in view there.
  function arrange(stay) {
    const { data, look } = state;
    if (!state.table) return;
    const wanted = [data.table, data.rows, look.sort, look.up, look.group].join(" ");
    if (wanted !== state.arranged) {
      const focused = state.order[state.cursor];
      Object.assign(state, arranged(state.table, flags(data.rows, state.table.n), look), { arranged: wanted });
      state.cursor = focused === undefined ? -1 : state.order.indexOf(focused);
      state.plan = null;
      drop();
      if (!stay) box.scrollTop = 0;
    }
    bar.show(look, state.table.columns);
    root.dataset.count = state.order.length;
    lay();
  }

  // Where everything stands; what was at the top, or is open, stays where it is.
  function lay() {
    const { look, data } = state;
    root.style.paddingRight = `${covered(root, data)}px`;
    root.classList.toggle("drawer", data.chosen >= 0 && innerWidth < data.narrow);
    const width = box.clientWidth - 2 * EDGE;
    const text = look.size < BARE ? 0 : TEXT;
    const old = state.plan;
    const anchor = old ? anchored(old) : null;
    if (width <= 0) return;
    root.classList.toggle("bare", !text);
    state.plan = laidOut(state.groups, width, look.size, text);
    sheetOfFaces.style.height = `${state.plan.height}px`;
    root.style.setProperty("--tile", `${state.plan.size}px`);
    heading();
    if (anchor && (old.across !== state.plan.across || old.step !== state.plan.step))
      box.scrollTop = spot(state.plan, anchor.index).y - anchor.below;
    draw(true);
  }

  // The open face where it is in view, else the first face in view, and how far it is below the top.
  function anchored(plan) {
    const open = state.order.indexOf(state.data.chosen);
    const top = box.scrollTop;
    if (open >= 0) {
      const { y } = spot(plan, open);
      if (y > top - plan.step && y < top + box.clientHeight) return { index: open, below: y - top };
    }
    const index = between(plan, top, top + box.clientHeight)[0]?.[0] ?? 0;
    return { index, below: spot(plan, index).y - top };
  }

  function heading() {
    heads.forEach((head) => head.remove());
    heads = state.plan.sections.filter((one) => one.name).map((one) => {
      const head = made("div", "heading");
      head.append(made("b", "", one.name), made("span", "", one.count.toLocaleString("en")));
      head.style.transform = `translateY(${one.top}px)`;
      return head;
    });
    sheetOfFaces.append(...heads);
  }

  function drop() {
    for (const tile of mounted.values()) spare.push(tile);
    mounted.clear();
  }

  // Only the faces in view, and a line more on either side, are in the document.
  function draw() {
    const { plan, order } = state;
    if (!plan) return;
    const parts = between(plan, box.scrollTop - plan.step, box.scrollTop + box.clientHeight + plan.step);
    const inside = (index) => parts.some(([from, to]) => index >= from && index < to);
    for (const [index, tile] of mounted) if (!inside(index)) (mounted.delete(index), spare.push(tile));
    let next = sheetOfFaces.firstChild; // the document holds them in the order shown
    for (const [from, to] of parts)
      for (let index = from; index < to; index++) {
        let tile = mounted.get(index);
        if (!tile) mounted.set(index, (tile = spare.pop() ?? newTile()));
        if (tile.row !== order[index] || !tile.drawn || tile.of !== state.notes) fill(tile, state, order[index], later);
        tile.of = state.notes;
        place(tile, index);
        if (tile.element === next) next = next.nextSibling;
        else sheetOfFaces.insertBefore(tile.element, next);
      }
    for (const tile of spare) tile.element.remove();
    spare.length = Math.min(spare.length, 100);
  }

  function place(tile, index) {
    const { x, y } = spot(state.plan, index);
    const { element } = tile;
    element.style.transform = `translate(${x}px, ${y}px)`;
    element.id = `face-${index}`;
    element.setAttribute("aria-posinset", index + 1);
    element.setAttribute("aria-setsize", state.order.length);
    element.setAttribute("aria-selected", tile.row === state.data.chosen);
    element.classList.toggle("chosen", tile.row === state.data.chosen);
    element.classList.toggle("cursor", index === state.cursor);
  }

  function bring(index) {
    const { y } = spot(state.plan, index);
    const end = y + state.plan.step;
    if (y < box.scrollTop) box.scrollTop = y - (index < state.plan.across ? HEADING : 0);
    else if (end > box.scrollTop + box.clientHeight) box.scrollTop = end - box.clientHeight;
  }

  // After the page was drawn: the open face, or the place where this gallery was left; on a phone the gallery itself.
  function reveal(before, same) {
    const open = state.order.indexOf(state.data.chosen);
    const left = places.get(key);
    if (!before && left?.of === state.arranged) box.scrollTop = left.top;
    const opened = open >= 0 && (!same || before.chosen !== state.data.chosen);
    if (opened) ((state.cursor = open), bring(open));
    draw();
    const { top } = root.getBoundingClientRect();
    const away = top > 0.6 * innerHeight || top < -0.5 * innerHeight;
    if (opened && root.classList.contains("drawer")) uncover(open);
    else if (before && !same && innerWidth < STACKED && away) root.scrollIntoView({ block: "start", behavior: "smooth" });
  }

  // The open face above the drawer that came from below.
  function uncover(open) {
    const free = innerHeight - Math.min(DRAWER * innerHeight, DRAWER_MOST);
    const { y } = spot(state.plan, open);
    const bottom = (top) => box.getBoundingClientRect().top + y - top + state.plan.size;
    if (bottom(box.scrollTop) <= free) return;
    box.scrollTop = y - EDGE;
    if (bottom(box.scrollTop) > free) root.scrollIntoView({ block: "start" });
  }

  const remember = () => places.set(key, { of: state.arranged, top: box.scrollTop });

  function open(index) {
    clearTimeout(timer);
    if (index < 0 || index >= state.order.length) return;
    state.cursor = index;
    self.send("face", state.order[index]);
    draw();
  }

  function move(index) {
    state.cursor = Math.max(0, Math.min(state.order.length - 1, index));
    bring(state.cursor);
    draw();
    box.setAttribute("aria-activedescendant", `face-${state.cursor}`);
    clearTimeout(timer);
    if (state.data.chosen >= 0) timer = setTimeout(() => open(state.cursor), FOLLOW);
  }

  sheetOfFaces.onclick = (event) => {
    const element = event.target.closest(".face");
    if (element) open(state.order.indexOf(Number(element.dataset.row)));
  };
  box.onfocus = () => {
    if (!state.plan || state.cursor >= 0 || !box.matches(":focus-visible")) return;
    state.cursor = between(state.plan, box.scrollTop, box.scrollTop + 1)[0]?.[0] ?? -1;
    draw();
  };
  box.onkeydown = (event) => {
    const { plan, cursor, order } = state;
    if (!plan || !order.length || event.ctrlKey || event.metaKey || event.altKey) return;
    const page = Math.max(1, Math.floor(box.clientHeight / plan.step));
    const leap = (lines) => {
      let index = Math.max(0, cursor);
      for (let i = 0; i < Math.abs(lines); i++) index = line(plan, index, Math.sign(lines));
      return index;
    };
    const keys = {
      ArrowRight: () => move(cursor + 1),
      ArrowLeft: () => move(cursor - 1),
      ArrowDown: () => move(cursor < 0 ? 0 : leap(1)),
      ArrowUp: () => move(leap(-1)),
      PageDown: () => move(leap(page)),
      PageUp: () => move(leap(-page)),
      Home: () => move(0),
      End: () => move(order.length - 1),
      Enter: () => open(cursor),
      " ": () => open(cursor),
    };
    if (!keys[event.key]) return;
    event.preventDefault();
    event.stopPropagation();
    keys[event.key]();
  };
  return self;
}

// Pixels of the gallery, from its right edge, that lie under the panel of the open face.
function covered(root, data) {
  if (data.chosen < 0 || innerWidth < data.narrow) return 0;
  const { left, right } = root.getBoundingClientRect();
  const hidden = Math.round(right - (innerWidth - data.panel) + 2 * GAP);
  return hidden > 0 && right - left - hidden > 90 ? hidden : 0;
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

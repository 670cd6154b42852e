// Which faces are in the document, and where: only those in view, and a line more on either side.

const EDGE = 3; // pixels: the padding of the box, for the outline of a face
const TEXT = 37; // pixels: the two lines under a face
const LINE = 15; // of a third one, where what stands under a face is two classes
const FOLD = 320; // pixels: a narrower gallery has its controls in two lines, whether or not a panel covers a part of it
const BARE = 64; // pixels: smaller faces have no text

// Order and groups anew. `stay` keeps what is in view there. Returns whether the same faces are shown as before.
function arrange(g, stay) {
  const { data, look, table } = g;
  if (!table) return stay;
  const wanted = [data.table, g.foreseen?.name ?? data.rows, look.sort, look.up, look.group].join(" ");
  if (wanted !== g.arranged) {
    const [old, focused] = [g.order, g.order[g.cursor]];
    Object.assign(g, arranged(table, g.foreseen?.chosen ?? flags(data.rows, table.n), look), { arranged: wanted });
    const equal = old.length === g.order.length && old.every((row, i) => row === g.order[i]);
    stay ||= equal && old.length > 0;
    if (!equal) {
      g.cursor = focused === undefined ? -1 : g.order.indexOf(focused);
      for (const tile of g.mounted.values()) g.spare.push(tile);
      g.mounted.clear();
      if (!stay) g.box.scrollTop = 0;
    }
    if (!stay) g.plan = null;
  }
  g.bar.show(look, table.columns);
  g.root.dataset.count = g.order.length;
  lay(g);
  return stay;
}

// Where everything stands; what was at the top, or is open, stays where it is.
function lay(g) {
  const { look, data, root, box } = g;
  root.style.paddingRight = `${covered(root, data)}px`;
  root.classList.toggle("drawer", data.chosen >= 0 && innerWidth < data.narrow);
  root.classList.toggle("folding", innerWidth < data.narrow || root.clientWidth < FOLD);
  const width = box.clientWidth - 2 * EDGE;
  if (width <= 0) return;
  const long = Boolean(data.notes?.texts.some((note) => note.includes(" → ")));
  root.classList.toggle("long", long);
  const text = look.size < BARE ? 0 : TEXT + (long ? LINE : 0);
  const old = g.plan;
  const anchor = old ? anchored(g) : null;
  g.plan = laidOut(g.groups, width, look.size, text);
  root.classList.toggle("bare", !text);
  root.style.setProperty("--tile", `${g.plan.size}px`);
  g.faces.style.height = `${g.plan.height}px`;
  g.heads.replaceChildren(...g.plan.sections.filter((one) => one.name).map(heading));
  if (anchor && (old.across !== g.plan.across || old.step !== g.plan.step))
    box.scrollTop = spot(g.plan, anchor.index).y - anchor.below;
  draw(g);
}

function heading({ name, count, top }) {
  const head = made("div", "heading");
  head.append(made("b", "", name), made("span", "", count.toLocaleString("en")));
  head.style.transform = `translateY(${top}px)`;
  return head;
}

function draw(g) {
  const { plan, order, box, mounted, spare, field } = g;
  if (!plan) return;
  const parts = between(plan, box.scrollTop - plan.step, box.scrollTop + box.clientHeight + plan.step);
  const inside = (index) => parts.some(([from, to]) => index >= from && index < to);
  for (const [index, tile] of mounted) if (!inside(index)) (mounted.delete(index), spare.push(tile));
  let next = field.firstChild; // the document holds them in the order shown
  for (const [from, to] of parts)
    for (let index = from; index < to; index++) {
      let tile = mounted.get(index);
      if (!tile) mounted.set(index, (tile = spare.pop() ?? newTile()));
      if (tile.row !== order[index] || tile.of !== g.notes) fill(tile, g, order[index]);
      tile.of = g.notes;
      place(g, tile, index);
      if (tile.element === next) next = next.nextSibling;
      else field.insertBefore(tile.element, next);
    }
  const bare = [...mounted.values()].filter((tile) => !tile.drawn);
  gather(g.data.sprites, bare.map((tile) => g.table.columns.place[tile.row]), g.later);
  for (const tile of bare) paint(tile, g, g.later);
  g.root.dataset.waiting = [...mounted.values()].filter((tile) => !tile.drawn).length;
  for (const tile of spare) tile.element.remove();
  spare.length = Math.min(spare.length, 100);
}

function place(g, tile, index) {
  const { x, y } = spot(g.plan, index);
  const { element } = tile;
  const chosen = tile.row === g.data.chosen;
  element.style.transform = `translate(${x}px, ${y}px)`;
  element.id = `face-${index}`;
  element.setAttribute("aria-posinset", index + 1);
  element.setAttribute("aria-setsize", g.order.length);
  element.setAttribute("aria-selected", chosen);
  element.classList.toggle("chosen", chosen);
  element.classList.toggle("cursor", index === g.cursor);
}

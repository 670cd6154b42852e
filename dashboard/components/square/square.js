const FINGER = matchMedia("(pointer: coarse)").matches;
const HINT = FINGER
  ? "Tap a face to put a square over it; drag the square, resize it at a corner."
  : "Drag a square over a face. Drag it again to move it, its corners to resize it. Keys: Enter adds, arrows move, + and − resize, Delete removes.";
const PAUSE = 350; // milliseconds after the last key
const NEAR = 6; // pixels on screen that a pointer moves before it draws
const views = new WeakMap();

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".picture");
  const own = root.querySelector(".own");
  const status = parentElement.querySelector(".status");
  const view = views.get(root) ?? { squares: [], drag: null, awaited: null, timer: 0 };
  views.set(root, view);
  const another = view.url !== data.url;
  if (another) Object.assign(view, { url: data.url, drag: null, awaited: null });
  if (data.version === view.awaited) view.awaited = null;
  if (another || (view.awaited === null && !view.drag && !view.timer)) {
    view.squares = data.drawn.map(([x, y, side]) => ({ x, y, side }));
  }

  const image = root.querySelector("img");
  if (another) image.src = data.url;
  image.alt = data.alt;
  root.style.width = `${data.shown}px`;
  root.style.aspectRatio = `${data.width} / ${data.height}`;
  root.setAttribute("aria-label", `${data.alt}. ${HINT}`);

  const put = (element, x, y, width, height) => {
    element.style.left = `${(100 * x) / data.width}%`;
    element.style.top = `${(100 * y) / data.height}%`;
    element.style.width = `${(100 * width) / data.width}%`;
    element.style.height = `${(100 * height) / data.height}%`;
  };
  const element = (tag, name, text = "") => {
    const made = document.createElement(tag);
    made.className = name;
    made.textContent = text;
    return made;
  };
  const label = (number) => element("span", "number", String(number));

  root.querySelector(".found").replaceChildren(
    ...data.found.map(([x, y, w, h], i) => {
      const box = element("div", "box");
      box.append(label(i + 1));
      put(box, x, y, w, h);
      return box;
    }),
  );

  const say = (text) => (status.textContent = text);
  const send = () => {
    clearTimeout(view.timer);
    view.timer = 0;
    view.awaited = Date.now();
    say("Reading …");
    setTriggerValue("squares", { version: view.awaited, squares: view.squares.map(({ x, y, side }) => [x, y, side]) });
  };
  const later = () => {
    clearTimeout(view.timer);
    view.timer = setTimeout(send, PAUSE);
  };
  const remove = (i) => {
    view.squares.splice(i, 1);
    draw();
    (own.children[Math.min(i, view.squares.length - 1)] ?? root).focus({ preventScroll: true });
    send();
  };

  const at = (event) => {
    const box = root.getBoundingClientRect();
    const share = (value, low, size) => Math.min(1, Math.max(0, (value - low) / size));
    return [share(event.clientX, box.left, box.width) * data.width, share(event.clientY, box.top, box.height) * data.height];
  };

  const make = (i) => {
    const shape = element("div", "shape");
    shape.tabIndex = 0;
    shape.setAttribute("role", "group");
    for (const corner of ["nw", "sw", "se"]) {
      const handle = element("div", `corner ${corner}`);
      handle.onpointerdown = (event) => grab(event, i, corner);
      shape.append(handle);
    }
    const gone = element("button", "gone", "×");
    gone.type = "button";
    gone.title = "Remove this square";
    gone.onpointerdown = (event) => event.stopPropagation();
    gone.onclick = () => remove(i);
    shape.append(label(0), gone);
    shape.onpointerdown = (event) => grab(event, i, "");
    shape.onkeydown = (event) => pressed(event, i);
    return shape;
  };
  const draw = () => {
    while (own.children.length > view.squares.length) own.lastChild.remove();
    while (own.children.length < view.squares.length) own.append(make(own.children.length));
    view.squares.forEach(({ x, y, side }, i) => {
      const shape = own.children[i];
      const number = data.found.length + i + 1;
      put(shape, x, y, side, side);
      shape.setAttribute("aria-label", `Square ${number}: ${Math.round(side)} pixels. Arrow keys move, + and − resize, Delete removes.`);
      shape.querySelector(".number").textContent = String(number);
      shape.querySelector(".gone").setAttribute("aria-label", `Remove square ${number}`);
    });
  };

  const grab = (event, i, corner) => {
    view.pointer = "";
    event.stopPropagation();
    if (event.button !== 0 || view.drag) return;
    event.preventDefault();
    const square = view.squares[i];
    const from = at(event);
    own.children[i].focus({ preventScroll: true });
    begin(event, i, corner ? { fixed: opposite(corner, square) } : { offset: [from[0] - square.x, from[1] - square.y] });
  };
  const begin = (event, i, how) => {
    root.setPointerCapture(event.pointerId);
    view.drag = { i, pointer: event.pointerId, before: view.squares[i] && { ...view.squares[i] }, ...how };
  };
  const full = () => view.squares.length >= data.most && (say(`At most ${data.most} squares. Remove one first.`), true);
  const add = (square) => {
    view.squares.push(square);
    draw();
    own.lastChild.focus({ preventScroll: true });
    send();
  };

  root.onpointerdown = (event) => {
    view.pointer = event.pointerType; // a click does not say it in every browser
    if (event.button !== 0 || view.drag || event.pointerType === "touch" || full()) return;
    event.preventDefault();
    root.focus({ preventScroll: true });
    begin(event, view.squares.length, { fixed: at(event), screen: [event.clientX, event.clientY], fresh: true });
  };
  root.onclick = (event) => {
    if (view.pointer !== "touch" || event.target.closest(".shape") || full()) return;
    add(around(at(event), data));
  };
  root.onpointermove = (event) => {
    const drag = view.drag;
    if (!drag || event.pointerId !== drag.pointer) return;
    const [x, y] = at(event);
    if (drag.fresh && !view.squares[drag.i] && Math.hypot(event.clientX - drag.screen[0], event.clientY - drag.screen[1]) < NEAR) return;
    const side = view.squares[drag.i]?.side;
    view.squares[drag.i] = drag.offset
      ? within({ x: x - drag.offset[0], y: y - drag.offset[1], side }, data)
      : spanned(drag.fixed, [x, y], data);
    draw();
  };
  root.onpointerup = (event) => {
    const drag = view.drag;
    if (!drag || event.pointerId !== drag.pointer) return;
    view.drag = null;
    const now = view.squares[drag.i];
    if (now && JSON.stringify(now) !== JSON.stringify(drag.before ?? null)) {
      own.children[drag.i].focus({ preventScroll: true });
      send();
    }
  };
  root.onpointercancel = root.onlostpointercapture = () => {
    if (!view.drag) return;
    const { i, before } = view.drag;
    view.drag = null;
    if (before) view.squares[i] = before;
    else view.squares.splice(i, 1);
    draw();
  };
  root.onkeydown = (event) => {
    if (event.key !== "Enter" || event.target !== root || full()) return;
    event.preventDefault();
    add(around([data.width / 2, data.height / 2], data));
  };
  const pressed = (event, i) => {
    if (event.target !== own.children[i] || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Delete" || event.key === "Backspace") return event.preventDefault(), remove(i);
    const step = Math.max(1, Math.round(Math.min(data.width, data.height) / (event.shiftKey ? 12 : 60)));
    const next = moved(view.squares[i], event.key, step, data);
    if (!next) return;
    event.preventDefault();
    view.squares[i] = next;
    draw();
    later();
  };
  if (view.awaited === null) say(HINT);
  draw();
}

// The square that a face is put into: dragged, resized at its corner, by a slider or by keys. In pixels of the picture.

const SMALLEST = 24;

export class Square {
  constructor(element, slider, changed) {
    Object.assign(this, { element, slider, changed, width: 0, height: 0, x: 0, y: 0, side: 0, locked: false });
    const picture = element.parentElement;
    picture.addEventListener("pointerdown", (event) => this.#grab(event));
    picture.addEventListener("pointermove", (event) => this.#drag(event));
    for (const kind of ["pointerup", "pointercancel"]) picture.addEventListener(kind, () => (this.grip = null));
    element.addEventListener("keydown", (event) => this.#key(event));
    slider.addEventListener("input", () => this.#slid());
  }

  /** Lie in the middle of a picture; `locked` keeps it there. */
  place(width, height, share, locked = false) {
    Object.assign(this, { width, height, locked });
    this.#size(share * Math.min(width, height), width / 2, height / 2);
  }

  /** Where it is, in whole pixels. */
  get box() {
    return { x: this.x, y: this.y, side: this.side };
  }

  get largest() {
    return Math.min(this.width, this.height);
  }

  #size(side, centreX = this.x + this.side / 2, centreY = this.y + this.side / 2) {
    this.side = Math.round(Math.min(this.largest, Math.max(Math.min(SMALLEST, this.largest), side)));
    this.#move(centreX - this.side / 2, centreY - this.side / 2);
  }

  #move(x, y) {
    this.x = Math.round(Math.min(this.width - this.side, Math.max(0, x)));
    this.y = Math.round(Math.min(this.height - this.side, Math.max(0, y)));
    const { style } = this.element;
    style.left = `${(100 * this.x) / this.width}%`;
    style.top = `${(100 * this.y) / this.height}%`;
    style.width = `${(100 * this.side) / this.width}%`;
    style.height = `${(100 * this.side) / this.height}%`;
    this.slider.value = String((100 * this.side) / this.largest);
    this.changed();
  }

  #at(event) {
    const frame = this.element.parentElement.getBoundingClientRect();
    const scale = this.width / frame.width;
    return [(event.clientX - frame.left) * scale, (event.clientY - frame.top) * scale];
  }

  #grab(event) {
    if (this.locked || !this.width) return;
    event.preventDefault();
    this.element.focus({ preventScroll: true });
    event.currentTarget.setPointerCapture(event.pointerId);
    const [x, y] = this.#at(event);
    if (event.target.tagName === "I") this.grip = { corner: true };
    else {
      const inside = x >= this.x && y >= this.y && x < this.x + this.side && y < this.y + this.side;
      if (!inside) this.#move(x - this.side / 2, y - this.side / 2);
      this.grip = { dx: x - this.x, dy: y - this.y };
    }
  }

  #drag(event) {
    if (!this.grip) return;
    const [x, y] = this.#at(event);
    if (!this.grip.corner) return this.#move(x - this.grip.dx, y - this.grip.dy);
    const room = Math.min(this.width - this.x, this.height - this.y);
    const side = Math.min(room, Math.max(x - this.x, y - this.y, SMALLEST));
    this.#size(side, this.x + side / 2, this.y + side / 2);
  }

  #key(event) {
    const step = Math.max(1, Math.round(this.side * (event.shiftKey ? 0.1 : 0.02)));
    const moves = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] };
    const grows = { "+": 2 * step, "=": 2 * step, "-": -2 * step };
    if (event.key in grows) this.#size(this.side + grows[event.key]);
    else if (event.key in moves && !this.locked) this.#move(this.x + moves[event.key][0], this.y + moves[event.key][1]);
    else return;
    event.preventDefault();
  }

  #slid() {
    this.#size((this.largest * Number(this.slider.value)) / 100);
  }
}

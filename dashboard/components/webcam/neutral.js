// A visitor's own neutral face, taken on request from the next second of readings: what is shown of them from then on is
// their change against it, as `against_neutral` in ferkit/predict/neutral.py, until they switch it off or forget it.
import { element } from "./element.js";

const LONG = 1000; // milliseconds of readings
const PATIENCE = 4000; // milliseconds without a face after which it is given up
const CHANGE = "Corrected so that your neutral face reads as a typical neutral face does: what is left is the change against it.";
let kept = null; // { models, own }: of the page, so another page and back loses nothing; `own` of each network

export class Neutral {
  #taking = null; // { began, read: of each network }
  #id = null; // of the face that it is of

  /** Builds its controls into `place`; `tools` has `correct` and `logMean`. */
  constructor(place, { correct, logMean }) {
    Object.assign(this, { correct, logMean, place });
    this.take = element("button", { type: "button", textContent: "Take my neutral face", onclick: () => this.#begin() });
    this.on = element("input", { type: "checkbox", checked: true, onchange: () => this.draw() });
    this.switch = element("label", {}, this.on, "Against my neutral face");
    this.forget = element("button", { type: "button", textContent: "Forget", onclick: () => ((kept = null), this.draw()) });
    this.note = element("p", { className: "note" });
    place.replaceChildren(element("div", { className: "head" }, this.take, this.switch, this.forget), this.note);
  }

  /** The networks that read from now on; one that never saw neutral faces cannot be corrected. */
  use(readers) {
    this.readers = readers;
    this.models = readers.map(({ model }) => model).join();
    this.#taking = this.#id = null;
    this.place.hidden = !readers[0].typical;
    this.draw();
  }

  /** What a network read in each face of a frame, `shown` smoothed -> the same, corrected where it is the face that was taken. */
  corrected(faces, main) {
    if (this.#taking) this.#collect(main);
    if (!this.active || !this.on.checked) return faces;
    if (!faces.some(({ id }) => id === this.#id)) this.#id = faces.length === 1 ? faces[0].id : this.#id;
    return faces.map((face) => (face.id === this.#id ? this.#corrected(face) : face));
  }

  /** The mean log-probabilities of the neutral face that is in use; null where none is. */
  get own() {
    return this.active && this.on.checked ? kept.own[0] : null;
  }

  get active() {
    return kept?.models === this.models;
  }

  draw() {
    this.take.hidden = this.active;
    this.take.disabled = Boolean(this.#taking);
    this.switch.hidden = this.forget.hidden = !this.active;
    this.note.textContent = this.#taking ? "Look into the camera, at rest …" : this.active && this.on.checked ? CHANGE : "";
  }

  #begin() {
    this.#taking = { began: performance.now(), read: this.readers.map(() => []) };
    this.draw();
  }

  #collect(main) {
    const { began, read } = this.#taking;
    if (main && !main.box.small) main.all.forEach((answer, n) => read[n].push(Array.from(answer.probabilities)));
    const [waited, enough] = [performance.now() - began, read[0].length > 1];
    if (!(enough && waited > LONG) && waited < PATIENCE) return;
    this.#taking = null;
    if (enough) {
      const times = read[0].map(() => 0);
      kept = { models: this.models, own: read.map((rows) => this.logMean({ times, read: rows }, 0, 1)) };
      this.#id = main?.id ?? null;
      this.on.checked = true;
    }
    this.draw();
    if (!enough) this.note.textContent = "No face was seen. Look into the camera and try again.";
  }

  #corrected(face) {
    const all = face.all.map((answer, n) => {
      const { typical } = this.readers[n];
      return typical ? { ...answer, shown: this.correct([Array.from(answer.shown)], null, kept.own[n], typical)[0] } : answer;
    });
    return { ...face, all, shown: all[0].shown, corrected: true };
  }
}

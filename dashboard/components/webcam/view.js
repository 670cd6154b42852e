// What is on the page: the stage with the picture, the panel with the reading, the controls, the timeline.
import { percent, showBars } from "./bars.js";
import { element } from "./element.js";
import { mapOf, paint, top } from "./heat.js";

const PRIVATE = "No picture leaves this computer: the network runs in this browser, and nothing is uploaded.";
const SIDE = 96; // pixels of the two pictures of a face; the page enlarges them

export class View {
  /** `acts`: start(), stop(), choose(index), at(x, y) in shares of the picture, changed(). */
  constructor(root, acts) {
    Object.assign(this, { root, acts, filled: null });
    this.video = element("video", { muted: true, playsInline: true, className: "behind" });
    this.canvas = element("canvas", { className: "frame", hidden: true });
    this.canvas.setAttribute("role", "img");
    this.startButton = element("button", { type: "button", className: "primary", textContent: "Start camera", onclick: acts.start });
    this.status = element("p", { className: "status" });
    this.status.setAttribute("role", "status");
    const invitation = element("div", { className: "invitation" }, this.status, this.startButton, element("p", { className: "private", textContent: PRIVATE }));
    this.stage = element("div", { className: "stage" }, this.video, this.canvas, invitation);
    this.stopButton = element("button", { type: "button", textContent: "Stop", onclick: acts.stop });
    this.speed = element("output", { className: "speed" });
    this.below = element("div", { className: "below", hidden: true }, this.stopButton, this.speed, element("span", { className: "private", textContent: "No picture leaves this computer." }));
    this.canvas.onclick = ({ offsetX, offsetY }) => acts.at(offsetX / this.canvas.clientWidth, offsetY / this.canvas.clientHeight);
    this.recording = element("section", { className: "recording", hidden: true });
    this.timeline = element("section", { className: "timeline", hidden: true });
    root.replaceChildren(element("div", { className: "left" }, this.stage, this.below, this.recording, this.timeline), this.#panel());
  }

  #panel() {
    this.answer = element("h3", { className: "answer" });
    this.note = element("p", { className: "note" });
    this.bars = element("div", { className: "bars" });
    this.other = element("section", { className: "other", hidden: true });
    this.neutral = element("div", { className: "neutral", hidden: true });
    [this.face, this.heat] = [0, 1].map(() => element("canvas", { width: SIDE, height: SIDE }));
    this.why = element("span");
    const ends = element("span", { className: "ends" }, element("span", { textContent: "against" }), element("span", { textContent: "for" }));
    this.explained = element("figure", {}, this.heat, element("figcaption", {}, this.why, element("span", { className: "scale" }), ends));
    this.seen = element("figcaption");
    this.pictures = element("div", { className: "faces", hidden: true }, element("figure", {}, this.face, this.seen), this.explained);
    this.warm = element("input", { type: "checkbox", checked: true });
    this.smoothing = this.#slider("Smoothing", 0, 0.95, 0.05, 0.6, (value) => `${Math.round(100 * value)}%`);
    this.smoothing.title = "Weight of a face's earlier frames: higher is steadier, lower reacts faster.";
    this.size = this.#slider("Size of the oval", 0.3, 0.98, 0.01, 0.65, (value) => `${Math.round(100 * value)}%`);
    this.warmth = element("label", {}, this.warm, "Heat map over the face");
    const controls = element("div", { className: "controls" }, this.warmth, this.smoothing, this.size, this.neutral);
    return element("section", { className: "panel" }, this.answer, this.note, this.bars, this.other, this.pictures, controls);
  }

  #slider(name, min, max, step, value, words) {
    const shown = element("output", { textContent: words(value) });
    const input = element("input", { type: "range", min, max, step, value });
    input.setAttribute("aria-label", name);
    input.oninput = () => {
      shown.textContent = words(Number(input.value));
      this.acts.changed();
    };
    return element("label", {}, element("span", { textContent: name }), input, shown);
  }

  value(slider) {
    return Number(slider.querySelector("input").value);
  }

  /** Another run: its classes, and whether there is a detector. */
  use(settings) {
    this.settings = settings;
    const [first, second] = settings.readers;
    this.filled = showBars(this.bars, first, this.acts.choose);
    this.size.hidden = Boolean(settings.detector);
    this.other.hidden = !second;
    this.beside = second && this.#beside(second);
    this.answer.classList.toggle("paired", Boolean(second));
    this.idle();
  }

  /** The answer and bars of a second run; returns what shows them: (answer or null). */
  #beside({ run, classes, colours }) {
    const answer = element("h4");
    const bars = element("div", { className: "bars" });
    const filled = showBars(bars, { classes, colours }, (index) => this.acts.named(classes[index]));
    this.other.replaceChildren(answer, bars);
    return (read) => {
      answer.textContent = `${run}: ${read ? worded(read, classes) : "waiting for a face"}`;
      filled(read && Array.from(read.shown), null);
    };
  }

  /** Before the camera runs, or after; `text` says why, `wrong` that it should not be so. */
  say(text, wrong = false) {
    this.status.textContent = text;
    this.status.classList.toggle("wrong", wrong);
  }

  /** Whether what it says is what went wrong. */
  get wrong() {
    return this.status.classList.contains("wrong");
  }

  /** "off", "starting" or "on". */
  state(name) {
    this.root.dataset.state = name;
    this.canvas.hidden = name !== "on";
    this.below.hidden = name !== "on";
    this.startButton.disabled = name === "starting";
    if (name !== "on") this.idle();
  }

  idle(text = "Press a bar for the heat map of that emotion.") {
    this.answer.textContent = "Waiting for a face";
    this.note.textContent = text;
    this.filled?.(null, this.chosen);
    this.beside?.(null);
    this.pictures.hidden = true;
  }

  /** The reading of the main face. */
  show(face, chosen, count) {
    this.chosen = chosen;
    if (!face) return this.idle("No face in the picture: look into the camera, at arm's length, in good light.");
    const { run, classes, colours, input, threshold } = this.settings.readers[0];
    if (face.small) return this.idle("The face is too small to read: come closer.");
    this.answer.replaceChildren(element("i"), `${this.beside ? `${run}: ` : ""}${worded(face, classes)}`);
    this.answer.firstChild.style.background = colours[classes[face.best]];
    this.beside?.(face.all[1]);
    const others = count > 1 ? `Face ${face.id} of ${count}; press another in the picture. ` : "";
    const limit = threshold === null ? "" : threshold > 1 ? "This run counts as unsure at any confidence." : `Below ${percent(threshold)} it counts as unsure.`;
    const mapped = chosen === null ? "" : face.heat ? `The map is of ${classes[chosen]}; press it again to follow the answer. ` : "This network has no class maps: no heat map. ";
    this.note.textContent = `${mapped}${others}${limit}` || "Press a bar for the heat map of that emotion.";
    this.filled(Array.from(face.shown), chosen);
    paint(this.face, face.pixels, input);
    this.seen.textContent = `What the network sees: ${input.size} × ${input.size} pixels${face.square.angle ? ", turned upright" : ""}`;
    this.pictures.hidden = false;
    this.explained.hidden = this.warmth.hidden = !face.heat;
    if (!face.heat) return;
    const index = chosen ?? face.best;
    paint(this.heat, face.pixels, input, mapOf(face.heat, index, input), top(face.heat));
    this.why.textContent = `What speaks for and against ${classes[index]}`;
  }
}

const worded = ({ best, shown, unsure }, classes) => `${unsure ? "Unsure: " : ""}${classes[best]} ${percent(shown[best])}`;

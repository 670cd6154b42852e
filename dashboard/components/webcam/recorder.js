// A recording of the camera, made and kept in this tab: it is sent only when the visitor opens it on the Video page.
import { element } from "./element.js";

const LONGEST = 120_000; // milliseconds
const MOST = 20_000_000; // bytes: as in dashboard/camera/recording.py
const BITS = 1_200_000; // per second: the longest recording stays below `MOST`
const PIECE = 250; // milliseconds from one piece to the next
const TYPES = ["video/webm;codecs=vp8", "video/webm", "video/mp4"];
const SENT = "Kept in this tab. Opening it on the Video page sends it to the app, which reads it there.";
let kept = null; // { blob, seconds }: of the page, so another page and back loses nothing

export const clock = (seconds) => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;

export class Recorder {
  #recorder = null;

  /** Builds its button and its part of the page; `tools.save(blob, name)` saves a file, `send(base64)` opens it on the Video page. */
  constructor(place, { save }, send) {
    this.button = element("button", { type: "button", onclick: () => (this.#recorder ? this.stop() : this.start()) });
    this.button.hidden = !globalThis.MediaRecorder;
    this.about = element("span", { className: "about" });
    this.open = element("button", { type: "button", className: "main", textContent: "Open on the Video page", onclick: () => this.#send(send) });
    const keep = element("button", { type: "button", textContent: "Save", onclick: () => save(kept.blob, `webcam.${ending(kept.blob)}`) });
    const discard = element("button", { type: "button", textContent: "Discard", onclick: () => ((kept = null), this.draw()) });
    this.note = element("p", { className: "note" });
    place.replaceChildren(element("div", { className: "head" }, this.about, this.open, keep, discard), this.note);
    this.place = place;
    this.draw();
  }

  /** What is recorded from now on. */
  use(stream) {
    this.stream = stream;
  }

  start() {
    const type = TYPES.find((name) => MediaRecorder.isTypeSupported(name)) ?? "";
    const pieces = [];
    let size = 0;
    const recorder = new MediaRecorder(this.stream, { mimeType: type, videoBitsPerSecond: BITS });
    const began = performance.now();
    recorder.ondataavailable = ({ data }) => {
      if (size + data.size > MOST) return recorder.state === "inactive" || recorder.stop();
      pieces.push(data);
      size += data.size;
      this.draw();
      if (this.#seconds() * 1000 >= LONGEST && recorder.state !== "inactive") recorder.stop();
    };
    recorder.onstop = () => {
      kept = size ? { blob: new Blob(pieces, { type: type.split(";")[0] }), seconds: this.#seconds() } : kept;
      this.#recorder = null;
      this.draw();
    };
    this.#recorder = { recorder, began };
    recorder.start(PIECE);
    this.draw();
  }

  /** Ends the recording, if one is being made, and keeps it. */
  stop() {
    if (this.#recorder?.recorder.state === "recording") this.#recorder.recorder.stop();
  }

  draw() {
    const running = Boolean(this.#recorder);
    this.button.textContent = running ? `Stop recording · ${clock(this.#seconds())} of ${clock(LONGEST / 1000)}` : "Record";
    this.button.classList.toggle("recording", running);
    this.place.hidden = running || !kept;
    if (!kept) return;
    this.about.textContent = `Recording, ${clock(kept.seconds)}, ${Math.max(0.1, kept.blob.size / 1e6).toFixed(1)} MB`;
    this.note.textContent = SENT;
    this.open.disabled = false;
  }

  #seconds() {
    return this.#recorder ? (performance.now() - this.#recorder.began) / 1000 : 0;
  }

  #send(send) {
    this.open.disabled = true;
    this.note.textContent = "Sending the recording to the app …";
    const reader = new FileReader();
    reader.onload = () => send(reader.result.slice(reader.result.indexOf(",") + 1));
    reader.readAsDataURL(kept.blob);
  }
}

const ending = (blob) => (blob.type === "video/mp4" ? "mp4" : "webm");

// The webcam, live: a frame goes to the worker, comes back read, and is drawn; then the next one. Every reading is also a
// `reading` event with the frame, and of each face its box, pixels, logits, probabilities and class maps.
import { closeCamera, openCamera, UNPLUGGED } from "./camera.js";
import { draw } from "./draw.js";
import { Neutral } from "./neutral.js";
import { Recorder } from "./recorder.js";
import { Timeline } from "./timeline.js";
import { Tracker } from "./tracker.js";
import { View } from "./view.js";

const RATE = 30; // frames that the rate is taken over
const LATE = 1000; // milliseconds after which a frame is taken that nothing announced
const SHOWN = 500; // milliseconds between two changes of the numbers under the picture
const lives = new WeakMap();

/** Show `component.data`, the first time or again; returns what to do when it leaves the page. */
export function show(component, tools) {
  const root = component.parentElement.querySelector(".webcam");
  if (!lives.has(root)) lives.set(root, new Live(root, component.data.code, tools));
  const live = lives.get(root);
  live.send = component.setTriggerValue;
  live.use(component.data);
  return () => (live.leave(), lives.delete(root));
}

class Live {
  stream = null;
  chosen = null; // index of the class whose map is shown; null for the answer's
  main = null; // id of the face in the panel
  #answer = null; // called with the worker's next message about a frame
  #times = [];
  #updated = 0;

  constructor(root, code, tools) {
    this.root = root;
    this.tracker = new Tracker();
    this.view = new View(root, {
      start: () => this.start(),
      stop: () => this.stop(),
      choose: (index) => this.choose(index),
      named: (name) => this.settings.readers[0].classes.includes(name) && this.choose(this.settings.readers[0].classes.indexOf(name)),
      at: (x, y) => this.pick(x, y),
      changed: () => (this.tracker.smoothing = this.view.value(this.view.smoothing)),
    });
    this.timeline = new Timeline(this.view.timeline, tools);
    this.neutral = new Neutral(this.view.neutral, tools);
    this.recorder = new Recorder(this.view.recording, tools, (content) => this.send("recording", content));
    this.view.stopButton.after(this.recorder.button);
    this.worker = new Worker(`${code}worker.js`, { type: "module" });
    this.worker.onmessage = ({ data }) => this.received(data);
    this.worker.onerror = (event) => this.received({ error: event.message || "it cannot be loaded" });
    this.view.state("off");
  }

  use(data) {
    const absolute = (address) => address && new URL(address, document.baseURI).href;
    const before = this.settings;
    this.settings = data;
    const [first] = data.readers;
    const models = (settings) => settings?.readers.map(({ model }) => model).join();
    if (models(before) !== models(data) || before.detector !== data.detector) {
      if (before && before.readers[0].classes.join() !== first.classes.join()) this.chosen = null;
      this.ready = false;
      this.tracker = Object.assign(new Tracker(), { smoothing: this.tracker.smoothing });
      const { effort, margin } = data;
      const [wasm, detector] = [data.wasm, data.detector].map(absolute);
      const readers = data.readers.map(({ model, input }) => ({ model: absolute(model), input }));
      this.worker.postMessage({ open: { wasm, readers, detector, effort, margin } });
      this.view.use(data);
      this.timeline.use(first);
      this.neutral.use(data.readers);
      if (!this.stream) this.view.say("Loading the network …");
    }
    const named = first.classes.indexOf(data.chosen);
    if (!before) this.chosen = named < 0 ? null : named;
  }

  received(data) {
    if (data.frame) return this.#answer?.(data);
    if (data.ready) {
      this.ready = true;
      this.root.dataset.network = "ready";
      if (this.root.dataset.state === "off" && !this.view.wrong) this.view.say(this.settings.detector ? "" : "Without a face detector: put your face into the oval.");
      return;
    }
    this.stop();
    this.view.say(`The network cannot be loaded: ${data.error}`, true);
  }

  async start() {
    const { view } = this;
    view.state("starting");
    view.say("Starting the camera …");
    this.began = performance.now();
    try {
      this.stream = await openCamera(view.video, () => (this.stop(), view.say(UNPLUGGED, true)));
    } catch (error) {
      view.state("off");
      return view.say(error.message, true);
    }
    if (!this.root.isConnected) return this.leave();
    this.recorder.use(this.stream);
    view.say(this.ready ? "" : "Loading the network …");
    this.#times = [];
    await this.follow(this.stream).catch((error) => (this.stop(), view.say(`The network failed: ${error.message}`, true)));
  }

  /** Frame after frame, the newest each time: the next one is fetched while this one is drawn. */
  async follow(mine) {
    const frames = new Frames(this.view.video);
    const grab = async () => [await frames.next(), performance.now()];
    let next = grab();
    while (this.stream === mine) {
      const [frame, grabbed] = await next;
      const answer = await this.ask(frame);
      if (this.stream !== mine || answer.error) {
        answer.frame.close();
        frames.stopped = true;
        if (this.stream !== mine) return;
        throw new Error(answer.error);
      }
      next = grab();
      this.show(answer, grabbed);
      answer.frame.close();
    }
    frames.stopped = true;
    next.then(([frame]) => frame.close(), () => {});
  }

  ask(frame) {
    const side = this.settings.detector ? null : Math.round(this.view.value(this.view.size) * Math.min(frame.width, frame.height));
    return new Promise((resolve) => {
      this.#answer = resolve;
      this.worker.postMessage({ frame, oval: side, mirror: this.settings.mirror }, [frame]);
    });
  }

  show({ frame, faces, detected, read }, grabbed) {
    const { settings, view } = this;
    const [first] = settings.readers;
    const followed = this.tracker.update(faces);
    this.faces = this.neutral.corrected(followed, followed.find(({ id }) => id === this.main) ?? followed[0]).map((face) => judged(face, settings.readers));
    this.size = [frame.width, frame.height];
    const main = this.faces.find(({ id }) => id === this.main) ?? this.faces[0];
    this.main = main?.id ?? null;
    if (this.root.dataset.state !== "on") (view.state("on"), (this.cold = performance.now() - this.began));
    const { classes, colours, input } = first;
    draw(view.canvas, {
      frame, input, faces: this.faces, main: this.main, chosen: this.chosen, names: classes,
      colours: classes.map((name) => colours[name]), warm: view.warm.checked, oval: settings.detector ? null : faces[0]?.box,
    });
    view.show(main, this.chosen, this.faces.length);
    if (this.ready) this.timeline.add(settings.readers, this.faces, this.main);
    this.#measured(performance.now() - grabbed, detected, read);
    this.root.dispatchEvent(new CustomEvent("reading", { bubbles: true, composed: true, detail: { frame, faces, shown: this.faces, map: this.chosen, neutral: this.neutral.own } }));
  }

  #measured(latency, detected, read) {
    const now = performance.now();
    this.#times.push(now);
    if (this.#times.length > RATE) this.#times.shift();
    const rate = (1000 * (this.#times.length - 1)) / Math.max(1, now - this.#times[0]);
    Object.assign(this.root.dataset, { rate: rate.toFixed(2), latency: latency.toFixed(1), cold: this.cold.toFixed(0) });
    if (now - this.#updated < SHOWN) return;
    this.#updated = now;
    const finding = this.settings.detector ? `finding ${Math.round(detected)} ms, ` : "";
    this.view.speed.textContent = `${Math.round(rate)} frames/s · ${Math.round(latency)} ms a frame`;
    this.view.speed.title = `From camera to screen: ${finding}reading ${Math.round(read)} ms`;
  }

  choose(index) {
    this.chosen = this.chosen === index ? null : index;
    this.view.filled(null, this.chosen);
    this.view.chosen = this.chosen;
    this.send("map", this.chosen === null ? "" : this.settings.readers[0].classes[this.chosen]);
  }

  /** The face under a point of the mirrored picture goes into the panel. */
  pick(x, y) {
    const [left, top] = [(1 - x) * this.size[0], y * this.size[1]];
    const found = this.faces.find(({ box }) => left >= box.x && left <= box.x + box.w && top >= box.y && top <= box.y + box.h);
    if (found) this.main = found.id;
  }

  stop() {
    this.recorder.stop();
    closeCamera(this.stream);
    this.stream = null;
    this.view.video.srcObject = null;
    this.view.say("");
    this.view.state("off");
  }

  leave() {
    this.stop();
    this.worker.terminate();
  }
}

/** A face with each network's best class, and whether that one is unsure of it; the first's also as the face's own. */
function judged(face, readers) {
  const all = face.all.map((answer, n) => {
    const best = answer.shown.indexOf(Math.max(...answer.shown));
    const { threshold } = readers[n];
    return { ...answer, best, unsure: threshold !== null && answer.shown[best] < threshold };
  });
  return { ...face, all, best: all[0].best, unsure: all[0].unsure, small: face.box.small };
}

/** The frames of a <video> as they come, each once. */
class Frames {
  #fresh = false;
  #wake = null;

  constructor(video) {
    this.video = video;
    const tick = () => {
      this.#fresh = true;
      this.#wake?.();
      if (!this.stopped) video.requestVideoFrameCallback(tick);
    };
    if (video.requestVideoFrameCallback) video.requestVideoFrameCallback(tick);
  }

  /** The newest one, as soon as there is one that was not given yet. */
  async next() {
    if (!this.video.requestVideoFrameCallback) await new Promise(requestAnimationFrame);
    else if (!this.#fresh) await new Promise((resolve) => ((this.#wake = resolve), setTimeout(resolve, LATE)));
    this.#fresh = false;
    return createImageBitmap(this.video);
  }
}

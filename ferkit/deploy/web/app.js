// The page: choose a picture, put the face into the square, read it. Every reading is also a `reading` event of the
// document, with the square, the pixels that the network was given, and its outputs.
import { closeCamera, openCamera, UNPLUGGED } from "./camera.js";
import { showCard, summary } from "./card.js";
import { toNetwork } from "./crop.js";
import { mapOf, paint, top } from "./heat.js";
import { fetched, open, startRuntime } from "./network.js";
import { showReading, showBars } from "./reading.js";
import { Square } from "./square.js";

const LARGEST = 50e6; // pixels of a photo
const SHOWN = 1280; // pixels of the picture on the page
const HARDLY_LARGER = 48; // than the network's input: a face that is cut out already
const at = (id) => document.getElementById(id);
const cut = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
const square = new Square(at("square"), at("size"), () => void changed());
let card, network, picture, stream, chosen = null, busy = false, late = false;

start().catch((error) => say(error.message, true));

async function start() {
  card = JSON.parse(new TextDecoder().decode(await fetched("card.json")));
  document.title = `Facial emotion · ${card.run}`;
  at("about").textContent = summary(card);
  at("footer").textContent = `Made by ferkit ${card.ferkit} with ${card.runtime} (MIT licence).`;
  showCard(at("card"), card);
  showBars(at("bars"), card, choose);
  await startRuntime();
  network = await open(card.input);
  for (const id of ["choose", "camera", "try"]) at(id).disabled = false;
  say("");
  at("choose").onclick = () => at("file").click();
  at("file").onchange = () => at("file").files[0] && photo(at("file").files[0]);
  at("camera").onclick = () => (stream ? stop() : webcam());
  at("try").onclick = async () => photo(new Blob([await fetched("sample.png")]));
  document.ondragover = (event) => event.preventDefault();
  document.ondrop = (event) => (event.preventDefault(), dropped(event.dataTransfer.files));
  document.onpaste = (event) => dropped(event.clipboardData.files);
}

function say(text, wrong = false) {
  at("status").textContent = text;
  at("status").className = wrong ? "wrong" : "";
}

function choose(index) {
  chosen = chosen === index ? null : index;
  void changed();
}

function dropped(files) {
  if (files[0]) void photo(files[0]);
}

async function photo(file) {
  stop();
  at("file").value = "";
  let opened;
  try {
    opened = await createImageBitmap(file, { colorSpaceConversion: "none", imageOrientation: "from-image" });
  } catch {
    return say("Expected a picture that this browser can read. Choose a JPEG or PNG.", true);
  }
  if (opened.width * opened.height > LARGEST) return say("Expected at most 50 megapixels. Make the photo smaller.", true);
  say("");
  show(opened);
  const whole = Math.max(opened.width, opened.height) <= card.input.size + HARDLY_LARGER;
  hint("Drag the square onto the face, from brow to chin; its corner or the slider changes its size.");
  square.place(opened.width, opened.height, whole ? 1 : 0.6);
}

function show(next) {
  picture?.close();
  picture = next;
  const scale = Math.min(1, SHOWN / Math.max(next.width, next.height));
  const canvas = at("canvas");
  canvas.width = Math.round(next.width * scale);
  canvas.height = Math.round(next.height * scale);
  canvas.getContext("2d").drawImage(next, 0, 0, canvas.width, canvas.height);
  at("picture").hidden = at("sizing").hidden = false;
  at("drop").hidden = true;
}

function hint(text) {
  at("hint").textContent = text;
  at("hint").hidden = false;
}

async function webcam() {
  const video = document.createElement("video");
  try {
    stream = await openCamera(video, () => (stop(), say(UNPLUGGED, true)));
  } catch (error) {
    return say(error.message, true);
  }
  say("");
  document.body.classList.add("live");
  at("camera").textContent = "Stop the webcam";
  hint("Put your face into the oval, from brow to chin; the slider changes its size.");
  await follow(video, stream);
}

/** Read frame after frame; what is shown is the frame that was read. */
async function follow(video, mine) {
  let first = true;
  while (stream === mine) {
    const began = performance.now();
    show(await createImageBitmap(video));
    if (first) square.place(picture.width, picture.height, 0.65, true);
    first = false;
    await changed();
    await new Promise(requestAnimationFrame);
    if (stream === mine) say(`${Math.round(1000 / (performance.now() - began))} frames/s`);
  }
}

function stop() {
  closeCamera(stream);
  if (stream) say("");
  stream = null;
  square.locked = false;
  at("camera").textContent = "Use the webcam";
}

/** Read the square; when it moves meanwhile, read it again afterwards. */
async function changed() {
  if (busy) return void (late = true);
  busy = true;
  try {
    do {
      late = false;
      await read();
    } while (late);
  } catch (error) {
    say(`The network failed: ${error.message}`, true);
  } finally {
    busy = false;
  }
}

async function read() {
  if (!picture || !network) return;
  document.body.classList.toggle("live", stream !== null && stream !== undefined);
  const { size, channels } = card.input;
  const box = square.box;
  const pixels = toNetwork(pixelsOf(box), box.side, size, channels);
  const began = performance.now();
  const [out] = await network([pixels]);
  const took = performance.now() - began;
  const best = out.probabilities.indexOf(Math.max(...out.probabilities));
  const index = chosen ?? best;
  showReading(card, out, index, chosen, took);
  paint(at("face"), pixels, card.input);
  at("reading").hidden = false;
  if (out.maps) paint(at("heat"), pixels, card.input, mapOf(out.maps, index, card.input), top(out.maps));
  document.dispatchEvent(new CustomEvent("reading", { detail: { box, pixels, ...out, map: out.maps && mapOf(out.maps, index, card.input), index } }));
}

/** RGBA of the square, not scaled, transparency over white. */
function pixelsOf({ x, y, side }) {
  cut.canvas.width = cut.canvas.height = side;
  cut.fillStyle = "white";
  cut.fillRect(0, 0, side, side);
  cut.drawImage(picture, x, y, side, side, 0, 0, side, side);
  return cut.getImageData(0, 0, side, side).data;
}

// Off the page's own thread: frames in, faces with their boxes, logits, probabilities and class maps out.
//   { open: { wasm, readers: [{ model, input }], detector, effort, margin } } -> { ready: { seconds } } or { error }
//   { frame: ImageBitmap, oval: side or null, mirror }       -> { frame, faces, detected, read } or { error, frame }
// A face has what the first network read, and in `all` what each did.
import { cutOut, squareOf, toNetwork } from "./crop.js";
import { open, openSession, startRuntime } from "./network.js";
import * as ort from "./runtime/ort.mjs";
import { boxesOf, searched } from "./yunet.js";

const MOST = 8; // faces of a frame, the largest
const SQUARE = 64; // pixels: a first search, unmeasured, because it takes longer
let settings, started, canvas;
let networks = []; // { address, read, input }
let detector = { address: null, session: null };

// One message after the other: a network that is replaced is not asked meanwhile.
let line = Promise.resolve();
onmessage = ({ data }) => (line = line.then(() => (data.open ? opened(data.open) : answered(data))));

async function opened(wanted) {
  const began = performance.now();
  try {
    started ??= startRuntime(wanted.wasm);
    await started;
    await openDetector(wanted.detector);
    networks = await openNetworks(wanted.readers);
    settings = wanted;
    postMessage({ ready: { seconds: (performance.now() - began) / 1000 } });
  } catch (error) {
    networks = [];
    postMessage({ error: error.message });
  }
}

/** Those that are open already are kept. */
async function openNetworks(readers) {
  const opened = [];
  for (const { model, input } of readers) {
    const kept = networks.find(({ address }) => address === model);
    opened.push(kept ?? { address: model, input, read: await open(input, model) });
  }
  return opened;
}

async function openDetector(address) {
  if (!address || detector.address === address) return;
  detector = { address, session: await openSession(address) };
  await find(new Uint8ClampedArray(4 * SQUARE * SQUARE), SQUARE, SQUARE, { side: SQUARE, smallest: 1 });
}

async function answered({ frame, oval, mirror }) {
  try {
    postMessage({ ...(await read(frame, oval, mirror)), frame }, [frame]);
  } catch (error) {
    postMessage({ error: error.message, frame }, [frame]);
  }
}

async function read(frame, oval, mirror) {
  const { width, height } = frame;
  const began = performance.now();
  const rgba = pixelsOf(frame);
  const boxes = oval ? [inTheMiddle(width, height, oval)] : (await find(rgba, width, height, settings.effort)).slice(0, MOST);
  const found = performance.now();
  const squares = boxes.map((box) => squareOf(box, oval ? 0 : settings.margin));
  const cuts = squares.map((square) => cutOut(rgba, width, height, square));
  const answers = [];
  for (const network of networks) answers.push(await answersOf(network, cuts, squares, mirror));
  const faces = networks.length ? boxes.map((box, i) => ({ box, square: squares[i], ...answers[0][i], all: answers.map((of) => of[i]) })) : [];
  return { faces, detected: found - began, read: performance.now() - found };
}

/** What a network reads in each cut; with `mirror`, probabilities averaged with those of the mirror image, as `read` in ferkit/predict/photo.py. */
async function answersOf({ read, input }, cuts, squares, mirror) {
  const pixels = cuts.map((cut, i) => toNetwork(cut, squares[i].side, input.size, input.channels));
  const given = mirror ? [...pixels, ...pixels.map((one) => mirrored(one, input))] : pixels;
  const answers = given.length ? await read(given) : [];
  return pixels.map((one, i) => {
    const { probabilities } = answers[i];
    const mean = mirror ? probabilities.map((value, k) => (value + answers[i + pixels.length].probabilities[k]) / 2) : probabilities;
    return { ...answers[i], pixels: one, probabilities: mean };
  });
}

function mirrored(pixels, { size, channels }) {
  const out = new Uint8Array(pixels.length);
  for (let at = 0; at < size * size; at++) {
    const from = (at - (at % size) + size - 1 - (at % size)) * channels;
    out.set(pixels.subarray(from, from + channels), at * channels);
  }
  return out;
}

function pixelsOf(frame) {
  const { width, height } = frame;
  if (canvas?.canvas.width !== width || canvas.canvas.height !== height) {
    canvas = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
  }
  canvas.drawImage(frame, 0, 0);
  return canvas.getImageData(0, 0, width, height).data;
}

async function find(rgba, width, height, { side, smallest }) {
  const copy = searched(rgba, width, height, side);
  const { session } = detector;
  const input = new ort.Tensor("float32", copy.data, [1, 3, copy.rows, copy.columns]);
  return boxesOf(await session.run({ [session.inputNames[0]]: input }), copy, width, height, smallest);
}

function inTheMiddle(width, height, side) {
  return { x: Math.round((width - side) / 2), y: Math.round((height - side) / 2), w: side, h: side, score: 1, small: false };
}

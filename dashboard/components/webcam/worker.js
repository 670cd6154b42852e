// Off the page's own thread: frames in, faces with their boxes, logits, probabilities and class maps out.
//   { open: { wasm, model, detector, input, effort, margin } } -> { ready: { seconds } } or { error }
//   { frame: ImageBitmap, oval: side or null }               -> { frame, faces, detected, read } or { error, frame }
import { cutOut, squareOf, toNetwork } from "./crop.js";
import { open, openSession, startRuntime } from "./network.js";
import * as ort from "./runtime/ort.mjs";
import { boxesOf, searched } from "./yunet.js";

const MOST = 8; // faces of a frame, the largest
const SQUARE = 64; // pixels: a first search, unmeasured, because it takes longer
let settings, network, started, canvas;
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
    network = await open(wanted.input, wanted.model);
    settings = wanted;
    postMessage({ ready: { model: wanted.model, seconds: (performance.now() - began) / 1000 } });
  } catch (error) {
    network = null;
    postMessage({ error: error.message });
  }
}

async function openDetector(address) {
  if (!address || detector.address === address) return;
  detector = { address, session: await openSession(address) };
  await find(new Uint8ClampedArray(4 * SQUARE * SQUARE), SQUARE, SQUARE, { side: SQUARE, smallest: 1 });
}

async function answered({ frame, oval }) {
  try {
    postMessage({ ...(await read(frame, oval)), frame }, [frame]);
  } catch (error) {
    postMessage({ error: error.message, frame }, [frame]);
  }
}

async function read(frame, oval) {
  const { width, height } = frame;
  const began = performance.now();
  const rgba = pixelsOf(frame);
  const boxes = oval ? [inTheMiddle(width, height, oval)] : (await find(rgba, width, height, settings.effort)).slice(0, MOST);
  const found = performance.now();
  const squares = boxes.map((box) => squareOf(box, oval ? 0 : settings.margin));
  const { size, channels } = settings.input;
  const pixels = squares.map((square) => toNetwork(cutOut(rgba, width, height, square), square.side, size, channels));
  const answers = network && pixels.length ? await network(pixels) : [];
  const faces = answers.map((answer, i) => ({ box: boxes[i], square: squares[i], pixels: pixels[i], ...answer }));
  return { faces, detected: found - began, read: performance.now() - found };
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

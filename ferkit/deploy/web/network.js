// The exported network in ONNX Runtime Web: one thread of WebAssembly.
import * as ort from "./runtime/ort.mjs";

/** Where the WebAssembly of the runtime is: gzipped bytes that the page unpacks itself, or a .wasm that the host serves. */
export async function startRuntime(address = "runtime/ort-wasm.bin") {
  ort.env.wasm.numThreads = 1;
  ort.env.logLevel = "error";
  if (address.endsWith(".wasm")) ort.env.wasm.wasmPaths = { wasm: address };
  else ort.env.wasm.wasmBinary = await unpacked(address);
}

/** A session of the ONNX file at an address. */
export async function openSession(address) {
  const model = new Uint8Array(await fetched(address));
  return ort.InferenceSession.create(model, { executionProviders: ["wasm"] });
}

/** A function from N faces, each uint8 pixels, to N of { probabilities, logits, maps: null | { values, width, height } }. */
export async function open(input, address = "model.onnx") {
  const session = await openSession(address);
  const colour = input.channels === 3 ? [3] : [];
  const length = input.size * input.size * input.channels;
  const read = async (faces) => {
    const pixels = new Uint8Array(faces.length * length);
    faces.forEach((face, i) => pixels.set(face, i * length));
    const images = new ort.Tensor("uint8", pixels, [faces.length, input.size, input.size, ...colour]);
    const out = await session.run({ images });
    return faces.map((_, i) => ({ probabilities: row(out.probabilities, i), logits: row(out.logits, i), maps: mapsOf(out.class_maps, i) }));
  };
  await read([new Uint8Array(length)]); // the first call takes longer
  return read;
}

const row = (tensor, i) => tensor.data.slice((i * tensor.data.length) / tensor.dims[0], ((i + 1) * tensor.data.length) / tensor.dims[0]);
const mapsOf = (maps, i) => (maps ? { values: row(maps, i), height: maps.dims[2], width: maps.dims[3] } : null);

export async function fetched(path) {
  const answer = await fetch(path);
  if (answer.status === 422) throw new Error(await answer.text()); // a host that says in a sentence what is wrong
  if (!answer.ok) throw new Error(`${path} is missing on this host (${answer.status}). Copy the whole folder.`);
  return answer.arrayBuffer();
}

/** The bytes of a gzipped file; as they are where the host has unpacked it on the way. */
async function unpacked(path) {
  const bytes = await fetched(path);
  const [first, second] = new Uint8Array(bytes, 0, 2);
  if (first !== 0x1f || second !== 0x8b) return bytes;
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).arrayBuffer();
}

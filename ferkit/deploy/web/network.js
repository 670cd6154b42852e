// The exported network in ONNX Runtime Web: one thread of WebAssembly.
import * as ort from "./runtime/ort.mjs";

/** A function from uint8 pixels to { probabilities, logits, maps: null | { values, width, height } }. */
export async function open(input) {
  const [binary, model] = await Promise.all([unpacked("runtime/ort-wasm.bin"), fetched("model.onnx")]);
  ort.env.wasm.numThreads = 1;
  ort.env.wasm.wasmBinary = binary;
  ort.env.logLevel = "error";
  const session = await ort.InferenceSession.create(new Uint8Array(model), { executionProviders: ["wasm"] });
  const shape = [1, input.size, input.size, ...(input.channels === 3 ? [3] : [])];
  const read = async (pixels) => {
    const out = await session.run({ images: new ort.Tensor("uint8", pixels, shape) });
    const maps = out.class_maps;
    return {
      probabilities: out.probabilities.data,
      logits: out.logits.data,
      maps: maps ? { values: maps.data, height: maps.dims[2], width: maps.dims[3] } : null,
    };
  };
  await read(new Uint8Array(shape.reduce((a, b) => a * b))); // the first call takes longer
  return read;
}

export async function fetched(path) {
  const answer = await fetch(path);
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

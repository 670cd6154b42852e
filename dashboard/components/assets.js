// Columns of numbers and sheets of faces, fetched once for the whole page and kept in `window.ferkitAssets`.

const KINDS = { float32: Float32Array, int32: Int32Array, uint8: Uint8Array };
const kept = (window.ferkitAssets ??= new Map());

// The promise of an address, made once; one that failed is forgotten, so that the next draw tries again.
function keep(address, make) {
  if (!kept.has(address)) {
    const promise = make(address);
    kept.set(address, promise);
    promise.catch(() => kept.delete(address));
  }
  return kept.get(address);
}

// The table at an address: {n, classes, colours, columns: {name: typed array}}.
const table = (address) => keep(address, async () => {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`${answer.status}`);
  return parsed(await answer.arrayBuffer());
});

// Little-endian: uint32 length of the header, the header as JSON, padding to 8 bytes, then the arrays.
function parsed(bytes) {
  const length = new DataView(bytes).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(bytes, 4, length)));
  const start = Math.ceil((4 + length) / 8) * 8;
  const columns = {};
  for (const [name, { type, offset }] of Object.entries(header.columns))
    columns[name] = new KINDS[type](bytes, start + offset, header.n);
  return { ...header, columns };
}

// A sheet of faces as an <img>, decoded.
const sheet = (address) => keep(address, async () => {
  const image = new Image();
  image.src = address;
  await image.decode();
  image.ready = true;
  return image;
});

// Base64 of a little-endian bit set -> a Uint8Array of n zeros and ones; null for "".
function flags(bits, n) {
  if (!bits) return null;
  const packed = atob(bits);
  const out = new Uint8Array(n);
  for (let i = 0; i < n; i++) out[i] = (packed.charCodeAt(i >> 3) >> (i & 7)) & 1;
  return out;
}

// The rows that `has` as such a bit set.
function bits(n, has) {
  const packed = new Uint8Array(Math.ceil(n / 8));
  for (let i = 0; i < n; i++) if (has(i)) packed[i >> 3] |= 1 << (i & 7);
  let text = "";
  for (let i = 0; i < packed.length; i += 8192) text += String.fromCharCode(...packed.subarray(i, i + 8192));
  return btoa(text);
}

// Draw face `place` of the sprites into a 2D context; false where its sheet is not there yet (`later` is called then).
function drawFace(context, sprites, place, x, y, side, later) {
  if (!sprites || place < 0) return false;
  const [address, at] = lies(sprites, place);
  const known = sheets.get(address);
  if (!known) {
    if (known === undefined) {
      sheets.set(address, null);
      sheet(address).then((image) => (sheets.set(address, image), later()), () => sheets.delete(address));
    } else waiting(address, later);
    return false;
  }
  const from = sprites.side;
  const left = (at % sprites.across) * from;
  const top = Math.floor(at / sprites.across) * from;
  context.drawImage(known, left, top, from, from, x, y, side, side);
  return true;
}

// Which sheet a face is on, and where: its own where that is here, else the one of the faces that are shown first.
function lies(sprites, place) {
  const address = sprites.url + Math.floor(place / sprites.per);
  const at = sheets.get(address) ? -1 : (sprites.first?.places.indexOf(place) ?? -1);
  return at < 0 ? [address, place % sprites.per] : [sprites.first.url, at];
}

// The sheets that are decoded (null: on their way).
const sheets = new Map();
const waiting = (address, later) => sheet(address).then(later, () => {});

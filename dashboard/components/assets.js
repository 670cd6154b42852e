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
const sheet = (address) => keep(address, decoded);

async function decoded(address) {
  const image = new Image();
  image.src = address;
  await image.decode();
  return image;
}

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

// Draw face `place` of the sprites into a 2D context; false where no sheet of it is there yet: it is asked for, and `later`
// called then.
function drawFace(context, sprites, place, x, y, side, later) {
  if (!sprites || place < 0) return false;
  const found = lies(sprites, place, later);
  if (!found) return false;
  const { image, at } = found;
  const from = sprites.side;
  const left = (at % sprites.across) * from;
  const top = Math.floor(at / sprites.across) * from;
  context.drawImage(image, left, top, from, from, x, y, side, side);
  return true;
}

const sheets = new Map(); // address -> the image (null: on its way)
const gathered = new Map(); // address of the sprites and place -> {image, at} (null: on its way)
const MOST_GATHERED = 4096;
const addressOf = (sprites, place) => sprites.url + Math.floor(place / sprites.per);
const nameOf = (sprites, place) => `${sprites.url} ${place}`;

// {image, at}: a sheet with that face, and its place there.
function lies(sprites, place, later) {
  const address = addressOf(sprites, place);
  const image = sheets.get(address);
  if (image) return { image, at: place % sprites.per };
  const one = gathered.get(nameOf(sprites, place));
  if (one !== undefined) return one; // whoever asked for it is told
  if (image === undefined) {
    sheets.set(address, null);
    sheet(address).then((arrived) => (sheets.set(address, arrived), later()), () => sheets.delete(address));
  } else sheet(address).then(later, () => {});
  return null;
}

// Ask for one small sheet of those of the places that are on no sheet here.
function gather(sprites, places, later) {
  if (!sprites) return; // the images are not here
  const missing = (place) => place >= 0 && !sheets.get(addressOf(sprites, place)) && !gathered.has(nameOf(sprites, place));
  const wanted = [...new Set(places.filter(missing))].slice(0, sprites.per);
  if (!wanted.length) return;
  const known = (what) => wanted.forEach((place, at) => gathered.set(nameOf(sprites, place), what(at)));
  known(() => null);
  decoded(`${sprites.url}of/${wanted.join("-")}`).then(
    (image) => (known((at) => ({ image, at })), later()),
    () => wanted.forEach((place) => gathered.delete(nameOf(sprites, place))),
  );
  for (const name of gathered.keys()) if (gathered.size > MOST_GATHERED) gathered.delete(name);
    else break;
}

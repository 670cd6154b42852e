// The map as a picture or as numbers, on the visitor's own disk.

function download(map, kind) {
  if (kind === "png") picture(map).toBlob((blob) => save(URL.createObjectURL(blob), `${map.file}.png`));
  else if (kind === "svg") save(URL.createObjectURL(new Blob([drawing(map)], { type: "image/svg+xml" })), `${map.file}.svg`);
  else if (kind === "csv") save(URL.createObjectURL(new Blob([sheetOf(map)], { type: "text/csv" })), `${map.file}.csv`);
}

function save(address, name) {
  const link = Object.assign(document.createElement("a"), { href: address, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

const HEAD = 30, FOOT = 34; // pixels above and below the map

function picture(map) {
  const made = document.createElement("canvas");
  made.width = map.width * map.ratio;
  made.height = (map.height + HEAD + FOOT) * map.ratio;
  const context = made.getContext("2d");
  context.scale(map.ratio, map.ratio);
  context.fillStyle = map.paper;
  context.fillRect(0, 0, map.width, map.height + HEAD + FOOT);
  map.draw(); // WebGL keeps its pixels only until the browser has shown them
  context.drawImage(map.canvas, 0, HEAD, map.width, map.height);
  context.drawImage(map.over, 0, HEAD, map.width, map.height);
  context.font = `600 14px ${map.font}`;
  context.fillStyle = map.ink;
  context.fillText(map.title, 12, 20);
  context.font = `12px ${map.font}`;
  for (const { text, x, colour, stops } of keys(map, (word) => context.measureText(word).width)) {
    const y = HEAD + map.height + 16;
    if (colour) (context.fillStyle = colour), context.fillRect(x, y - 5, 10, 10);
    stops?.forEach((stop, i) => ((context.fillStyle = stop), context.fillRect(x + 4 * i, y - 5, 4, 10)));
    context.fillStyle = map.ink;
    context.fillText(text, x + (colour ? 15 : stops ? 4 * stops.length + 6 : 0), y + 4);
  }
  return made;
}

// The legend as entries {text, x, colour | stops}.
function keys(map, wide) {
  const { by } = map;
  if (!by.groups) {
    const stops = Array.from({ length: 40 }, (_, i) => `rgb(${viridis(i / 39, map.dark)})`);
    const low = `${spoken(by.name)} ${figure(by, by.low)}`;
    return [{ text: low, x: 12 }, { text: figure(by, by.high), x: 18 + wide(low), stops }];
  }
  let x = 12;
  return by.names.map((text, i) => {
    const entry = { text, x, colour: by.colours[i] };
    x += 30 + wide(text);
    return entry;
  }).filter((_, i) => !map.hidden.has(i));
}

const escaped = (text) => text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);

// Points as an embedded picture, title and legend as text.
function drawing(map) {
  map.draw();
  const image = document.createElement("canvas");
  image.width = map.canvas.width;
  image.height = map.canvas.height;
  image.getContext("2d").drawImage(map.canvas, 0, 0);
  image.getContext("2d").drawImage(map.over, 0, 0);
  const rule = image.getContext("2d");
  rule.font = `12px ${map.font}`;
  const y = HEAD + map.height + 16;
  const legend = keys(map, (word) => rule.measureText(word).width).map(({ text, x, colour, stops }) => {
    const scale = (stops ?? []).map((stop, i) => `<rect x="${x + 4 * i}" y="${y - 5}" width="4" height="10" fill="${stop}"/>`).join("");
    const dot = colour ? `<circle cx="${x + 5}" cy="${y}" r="5" fill="${escaped(colour)}"/>` : "";
    return `${scale}${dot}<text x="${x + (colour ? 15 : stops ? 4 * stops.length + 6 : 0)}" y="${y + 4}" font-size="12">${escaped(text)}</text>`;
  });
  const [wide, high] = [map.width, map.height + HEAD + FOOT];
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${wide}" height="${high}" viewBox="0 0 ${wide} ${high}" font-family="sans-serif" fill="${map.ink}">
<rect width="${wide}" height="${high}" fill="${map.paper}"/>
<text x="12" y="20" font-size="14" font-weight="600">${escaped(map.title)}</text>
<image x="0" y="${HEAD}" width="${map.width}" height="${map.height}" href="${image.toDataURL()}"/>
${legend.join("\n")}
</svg>`;
}

// A row for each face that is chosen: its row in the split, classes, numbers and place.
function sheetOf(map) {
  const { columns, classes, n } = map.table;
  const figures = numbers(columns);
  const cell = (text) => (/[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : /^[=+\-@\t]/.test(text) ? `'${text}` : text);
  const lines = [["row", "label", "prediction", ...figures, "x", "y"].join(",")];
  for (let i = 0; i < n; i++) {
    if (!chosen(map, i) || !(map.looks[4 * i + 3] & SHOWN)) continue;
    const values = figures.map((name) => (Number.isNaN(columns[name][i]) ? "" : Number(columns[name][i].toPrecision(6))));
    lines.push([i, cell(classes[columns.label[i]]), cell(classes[columns.pred[i]]), ...values, map.x[i], map.y[i]].join(","));
  }
  return `${lines.join("\n")}\n`;
}

// The boxes over the faces of a moment, each with its answer.
function drawBoxes(canvas, reading, chosen, time) {
  const unit = devicePixelRatio;
  const [width, height] = [(canvas.width = canvas.parentElement.clientWidth * unit), (canvas.height = canvas.parentElement.clientHeight * unit)];
  const brush = canvas.getContext("2d");
  brush.font = `600 ${13 * unit}px ${getComputedStyle(canvas).fontFamily}`;
  const there = reading.faces.map((face) => ({ face, now: at(face, time) })).filter(({ now }) => now);
  const labels = there.map(({ face, now }) => {
    const best = top(now.shown);
    const text = `${reading.faces.length > 1 ? face.face + " · " : ""}${reading.classes[best]} ${percent(now.shown[best])}`;
    return { face, best, text, box: [now.box[0] * width, now.box[1] * height, now.box[2] * width, now.box[3] * height] };
  });
  const crowded = labels.length > 1 && labels.some(({ text, box }) => brush.measureText(text).width > 1.5 * box[2]);
  labels.sort((a, b) => (a.face === chosen) - (b.face === chosen)); // the chosen face over the others
  for (const { face, best, text, box } of labels) {
    const label = crowded && face !== chosen ? String(face.face) : text;
    drawBox(brush, unit, box, { label, colour: reading.colours[best], thick: face === chosen });
  }
}

function drawBox(brush, unit, [x, y, w, h], { label, colour, thick }) {
  brush.lineWidth = 5 * unit;
  brush.strokeStyle = "#0009";
  brush.strokeRect(x, y, w, h);
  brush.lineWidth = (thick ? 3 : 2) * unit;
  brush.strokeStyle = colour;
  brush.strokeRect(x, y, w, h);
  const wide = brush.measureText(label).width + 14 * unit;
  const [left, above] = [Math.max(0, Math.min(x, brush.canvas.width - wide)), Math.max(0, y - 25 * unit)];
  brush.fillStyle = "#000b";
  brush.fillRect(left, above, wide, 22 * unit);
  brush.fillStyle = colour;
  brush.fillRect(left, above, 4 * unit, 22 * unit);
  brush.fillStyle = "#fff";
  brush.fillText(label, left + 9 * unit, above + 15.5 * unit);
}

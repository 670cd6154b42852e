// The frame that was read, mirrored, with boxes, names and a heat map over each face.
import { percent } from "./bars.js";
import { mapOf, overlay, top } from "./heat.js";

const DETAIL = 48; // pixels: a heat map before it is enlarged to its face
const heat = document.createElement("canvas").getContext("2d");
heat.canvas.width = heat.canvas.height = DETAIL;

/** Draw into a <canvas> as large as it is shown. `what`: { frame, faces, colours, names, input, chosen, main, warm, oval }. */
export function draw(canvas, what) {
  const { frame } = what;
  const ratio = Math.min(devicePixelRatio, 2);
  canvas.parentElement.style.setProperty("--aspect", `${frame.width} / ${frame.height}`);
  const width = Math.round(canvas.clientWidth * ratio);
  const height = Math.round((width * frame.height) / frame.width);
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  const brush = canvas.getContext("2d");
  const scale = width / frame.width;
  brush.setTransform(-scale, 0, 0, scale, width, 0); // mirrored, in pixels of the frame
  brush.drawImage(frame, 0, 0);
  if (what.warm) what.faces.forEach((face) => warm(brush, face, what));
  brush.setTransform(1, 0, 0, 1, 0, 0);
  const at = ({ x, y, w, h }) => [width - (x + w) * scale, y * scale, w * scale, h * scale];
  if (what.oval) return oval(brush, at(what.oval), ratio);
  what.faces.forEach((face) => boxed(brush, face, at(face.box), ratio, what));
  if (what.warm && what.chosen !== null && what.faces.some((face) => face.heat)) {
    label(brush, `Heat map of ${what.names[what.chosen]}: red for, blue against`, 10 * ratio, height - 8 * ratio, what.colours[what.chosen], ratio);
  }
}

function warm(brush, face, { input, chosen }) {
  if (!face.heat || face.small) return;
  const index = chosen ?? face.best;
  heat.putImageData(overlay(mapOf(face.heat, index, input), top(face.heat), DETAIL), 0, 0);
  const { x, y, side, centre, angle } = face.square;
  brush.imageSmoothingQuality = "high";
  brush.save();
  brush.translate(...centre); // a turned face: the map is turned back
  brush.rotate((angle * Math.PI) / 180);
  brush.drawImage(heat.canvas, x - centre[0], y - centre[1], side, side);
  brush.restore();
}

function boxed(brush, face, [x, y, w, h], unit, { faces, colours, names, main }) {
  const colour = face.small ? "#9aa3b5" : colours[face.best];
  brush.setLineDash(face.unsure || face.small ? [9 * unit, 6 * unit] : []);
  for (const [style, wide] of [["#0009", 5], [colour, face.id === main && faces.length > 1 ? 4 : 2.5]]) {
    brush.lineWidth = wide * unit;
    brush.strokeStyle = style;
    brush.beginPath();
    brush.roundRect(x, y, w, h, 6 * unit);
    brush.stroke();
  }
  brush.setLineDash([]);
  const number = faces.length > 1 ? `${face.id} · ` : "";
  const text = face.small ? "too small: come closer" : `${face.unsure ? "unsure: " : ""}${names[face.best]} ${percent(face.shown[face.best])}`;
  label(brush, number + text, x, y, colour, unit);
}

function label(brush, text, x, y, colour, unit) {
  brush.font = `600 ${14 * unit}px ${getComputedStyle(brush.canvas).fontFamily}`;
  const wide = brush.measureText(text).width + 20 * unit;
  const left = Math.max(0, Math.min(x, brush.canvas.width - wide));
  const above = Math.max(0, y - 30 * unit);
  brush.fillStyle = "#000c";
  brush.beginPath();
  brush.roundRect(left, above, wide, 26 * unit, 6 * unit);
  brush.fill();
  brush.fillStyle = colour;
  brush.beginPath();
  brush.roundRect(left, above, 5 * unit, 26 * unit, [6 * unit, 0, 0, 6 * unit]);
  brush.fill();
  brush.fillStyle = "#fff";
  brush.fillText(text, left + 12 * unit, above + 18 * unit);
}

/** Dim all but an oval to put the face into. */
function oval(brush, [x, y, w, h], unit) {
  const { width, height } = brush.canvas;
  const ellipse = () => brush.ellipse(x + w / 2, y + h / 2, 0.39 * w, 0.49 * h, 0, 0, 2 * Math.PI);
  brush.fillStyle = "#0007";
  brush.beginPath();
  brush.rect(0, 0, width, height);
  ellipse();
  brush.fill("evenodd");
  brush.strokeStyle = "#fff";
  brush.lineWidth = 2.5 * unit;
  brush.setLineDash([10 * unit, 7 * unit]);
  brush.beginPath();
  ellipse();
  brush.stroke();
  brush.setLineDash([]);
}

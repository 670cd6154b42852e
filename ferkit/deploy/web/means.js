// The mean face of every class, and what the network finds in the faces that it reads as that class.
import { element } from "./element.js";

const count = (n) => n.toLocaleString("en");

export function showMeans(place, { classes, colours, means }) {
  place.append(element("h3", { textContent: "What it looks for" }));
  if (!means) {
    place.append(element("p", { className: "muted", textContent: "No mean faces and mean maps are stored for this run." }));
    return;
  }
  const columns = classes.map((name, i) => column(means, classes.length, i, name, colours[name]));
  place.append(element("p", { className: "muted", textContent: explained(means) }));
  place.append(element("div", { className: "means" }, ...columns), legend(means.signed));
}

function explained({ split, words }) {
  const above = `Above: the mean ${split} face of each emotion.`;
  return `${above} Below: ${words}, as a mean over faces that the network read as it; one scale for all.`;
}

function column({ file, faces, explained: read }, columns, i, name, colour) {
  const dot = element("i");
  dot.style.background = colour;
  const words = [`mean of ${count(faces[i])} faces`, read[i] ? `map of ${count(read[i])}` : "no face read as it"];
  return element("figure", {},
    tile(file, columns, i, 0, `Mean face of ${name}`),
    tile(file, columns, i, 1, read[i] ? `Mean map of ${name}` : `No face was read as ${name}`),
    element("figcaption", {}, element("strong", {}, dot, name), ...words.map((textContent) => element("span", { textContent }))));
}

/** One picture of the sheet, which has a column per class and two rows. */
function tile(file, columns, column, row, label) {
  const made = element("span", { className: "tile", role: "img", ariaLabel: label });
  Object.assign(made.style, {
    backgroundImage: `url("${file}")`,
    backgroundSize: `${100 * columns}% 200%`,
    backgroundPosition: `${columns > 1 ? (100 * column) / (columns - 1) : 0}% ${100 * row}%`,
  });
  return made;
}

function legend(signed) {
  const ends = ["against", "for"].map((textContent) => element("span", { textContent }));
  if (!signed) ends[0].textContent = "nothing";
  const scale = element("span", { className: signed ? "scale" : "scale onesided" });
  return element("div", { className: "legend", ariaHidden: "true" }, scale, element("span", { className: "ends" }, ...ends));
}

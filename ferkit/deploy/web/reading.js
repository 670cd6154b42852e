// One reading: the answer, a bar per class, and the captions of the two pictures.
import { percent, showBars as bars } from "./bars.js";

const at = (id) => document.getElementById(id);
let fill;

/** A bar for each class; a click asks for its heat map. */
export function showBars(place, card, choose) {
  fill = bars(place, card, choose);
}

export function showReading({ classes, input }, { probabilities, maps }, index, chosen, took) {
  const best = probabilities.indexOf(Math.max(...probabilities));
  at("answer").textContent = `${classes[best]}, ${percent(probabilities[best])}`;
  fill(probabilities, chosen);
  at("seen").textContent = `What the network sees: ${input.size} × ${input.size} pixels, read in ${Math.max(1, Math.round(took))} ms`;
  at("explained").hidden = !maps;
  const follow = chosen === null ? "the answer; press a bar for another emotion" : "press its bar again to follow the answer";
  at("why").textContent = `What speaks for and against ${classes[index]} (${follow})`;
}

// One reading: the answer, a bar per class, and the captions of the two pictures.
import { element } from "./card.js";

const at = (id) => document.getElementById(id);
let rows = [];

/** A bar for each class; a click asks for its heat map. */
export function showBars(place, { classes, colours }, choose) {
  rows = classes.map((name, index) => {
    const fill = element("b");
    fill.style.background = colours[name];
    const value = element("output");
    const track = element("span", { className: "track" }, fill);
    const bar = element("button", { type: "button", className: "bar" }, element("span", { textContent: name }), track, value);
    bar.title = `Show what speaks for and against ${name}`;
    bar.onclick = () => choose(index);
    place.append(bar);
    return { bar, fill, value };
  });
}

export function showReading({ classes, input }, { probabilities, maps }, index, chosen, took) {
  const best = probabilities.indexOf(Math.max(...probabilities));
  const percent = (share) => `${(100 * share).toFixed(share < 0.0995 ? 1 : 0)}%`;
  at("answer").textContent = `${classes[best]}, ${percent(probabilities[best])}`;
  rows.forEach(({ bar, fill, value }, i) => {
    fill.style.width = `${100 * probabilities[i]}%`;
    value.textContent = percent(probabilities[i]);
    bar.setAttribute("aria-pressed", String(i === chosen));
    bar.classList.toggle("best", i === best);
  });
  at("seen").textContent = `What the network sees: ${input.size} × ${input.size} pixels, read in ${Math.max(1, Math.round(took))} ms`;
  at("explained").hidden = !maps;
  const follow = chosen === null ? "the answer; press a bar for another emotion" : "press its bar again to follow the answer";
  at("why").textContent = `What speaks for and against ${classes[index]} (${follow})`;
}

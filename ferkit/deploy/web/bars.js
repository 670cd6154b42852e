// A bar for each class, which is also the button that asks for the heat map of that class.
import { element } from "./element.js";

export const percent = (share) => `${(100 * share).toFixed(share < 0.0995 ? 1 : 0)}%`;

/** Put the bars into `place`; a press calls `choose(index)`. Returns what shows probabilities: (values, chosen or null). */
export function showBars(place, { classes, colours }, choose) {
  const rows = classes.map((name, index) => {
    const fill = element("b");
    fill.style.background = colours[name];
    const value = element("output");
    const track = element("span", { className: "track" }, fill);
    const bar = element("button", { type: "button", className: "bar" }, element("span", { textContent: name }), track, value);
    bar.title = `Show what speaks for and against ${name}`;
    bar.onclick = () => choose(index);
    return { bar, fill, value };
  });
  place.replaceChildren(...rows.map(({ bar }) => bar));
  return (probabilities, chosen) => {
    const best = probabilities ? probabilities.indexOf(Math.max(...probabilities)) : -1;
    rows.forEach(({ bar, fill, value }, i) => {
      fill.style.width = `${100 * (probabilities?.[i] ?? 0)}%`;
      value.textContent = probabilities ? percent(probabilities[i]) : "";
      bar.setAttribute("aria-pressed", String(i === chosen));
      bar.classList.toggle("best", i === best);
    });
  };
}

// What the network is, what it scores, what it confuses and what it cannot do.
import { element } from "./element.js";
import { showMeans } from "./means.js";

const percent = (share, digits = 0) => `${(100 * share).toFixed(digits)}%`;
const between = (ends, digits = 0) => (ends ? `[${percent(ends[0], digits)}, ${percent(ends[1], digits)}]` : "");
const count = (n) => n.toLocaleString("en");

export function summary({ network, parameters, dataset, scores }) {
  const what = `${network}, ${count(parameters)} parameters, trained on ${dataset}`;
  if (!scores) return `${what}.`;
  const right = `${percent(scores.accuracy, 1)} of ${count(scores.n)} ${scores.split} faces`;
  return `${what}. It recognises ${right} ${between(scores.accuracy_interval, 1)}.`;
}

export function showCard(place, card) {
  place.append(element("h2", { textContent: "About the network" }), facts(card));
  if (card.scores) place.append(element("div", { className: "tables" }, perClass(card), confusion(card)));
  showMeans(place, card);
  place.append(element("h3", { textContent: "Limits" }));
  place.append(element("ul", {}, ...card.limits.map((limit) => element("li", { textContent: limit }))));
}

function facts({ run, scores, input, macs }) {
  const read = `${input.size} × ${input.size} pixels, ${input.channels === 1 ? "gray" : "colour"}`;
  const rows = [["Run", run], ["Reads", read], ["Multiply-adds a face", `${(macs / 1e6).toFixed(1)} million`]];
  if (scores) {
    rows.push(["Accuracy", `${percent(scores.accuracy, 1)} ${between(scores.accuracy_interval, 1)}`]);
    rows.push(["Macro-F1", `${percent(scores.macro_f1, 1)} ${between(scores.macro_f1_interval, 1)}`]);
    rows.push(["Calibration error", percent(scores.ece, 1)]);
  }
  const pairs = rows.map(([k, v]) =>
    element("div", {}, element("dt", { textContent: k }), element("dd", { textContent: v })));
  return element("dl", {}, ...pairs);
}

function perClass({ classes, colours, scores }) {
  const rows = classes.map((name) => {
    const { recall, recall_interval: ends, precision, f1, support } = scores.per_class[name];
    const row = element("tr", {}, label(name, colours[name]));
    row.append(element("td", { className: "spread" }, spread(recall, ends, colours[name])));
    for (const text of [`${percent(recall)} ${between(ends)}`, percent(precision), percent(f1), count(support)]) {
      row.append(element("td", { textContent: text }));
    }
    return row;
  });
  const head = ["", "", "Recall [95%]", "Precision", "F1", "Faces"];
  return table(`Scores by class on ${scores.split}`, head, rows, "classes");
}

/** A recall as a dot on its interval. */
function spread(recall, ends, colour) {
  const [low, high] = ends ?? [recall, recall];
  const line = element("b");
  Object.assign(line.style, { left: percent(low, 2), width: percent(high - low, 2), background: colour });
  const dot = element("u");
  Object.assign(dot.style, { left: percent(recall, 2), background: colour });
  return element("span", { className: "axis" }, line, dot);
}

function confusion({ classes, colours, scores, confusion: matrix }) {
  if (!matrix) return "";
  const rows = matrix.map((counts, i) => {
    const total = counts.reduce((a, b) => a + b, 0);
    const cells = counts.map((n, j) => {
      const share = total ? n / total : 0;
      const title = `${count(n)} ${classes[i]} faces read as ${classes[j]}`;
      const cell = element("td", { title }, percent(share), element("small", { textContent: count(n) }));
      cell.style.setProperty("--share", share);
      cell.className = share > 0.7 ? "full" : "";
      return cell;
    });
    return element("tr", {}, label(classes[i], colours[classes[i]]), ...cells);
  });
  const read = "Rows are true, columns predicted: share of the row, number of faces";
  return table(`Confusion matrix on ${scores.split}`, ["", ...classes], rows, "matrix", read);
}

function label(name, colour) {
  const dot = element("i");
  dot.style.background = colour;
  return element("th", { scope: "row" }, dot, name);
}

function table(title, head, rows, className, note = "") {
  const cells = head.map((text) => element("th", { scope: "col" }, element("span", { textContent: text })));
  const body = element("tbody", {}, ...rows);
  const whole = element("table", { className }, element("thead", {}, element("tr", {}, ...cells)), body);
  const caption = element("figcaption", {}, title, element("small", { textContent: note }));
  return element("figure", {}, caption, element("div", { className: "wide" }, whole));
}

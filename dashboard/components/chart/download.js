// The chart as PNG, as an SVG file that needs nothing else, and its data as CSV.

const INLINED = ["fill", "stroke", "stroke-width", "stroke-dasharray", "fill-opacity", "opacity", "font-family", "font-size", "font-weight", "paint-order", "stroke-linejoin"];

// Mixed colours as every program reads them.
const plain = (value) => value.replace(/color\(srgb ([\d.e-]+) ([\d.e-]+) ([\d.e-]+)\)/, (_, ...parts) => `rgb(${parts.slice(0, 3).map((part) => Math.round(255 * part)).join(", ")})`);

function standalone(view) {
  const { svg } = view;
  const copy = svg.cloneNode(true);
  const originals = svg.querySelectorAll("*");
  copy.querySelectorAll("*").forEach((node, i) => {
    const style = getComputedStyle(originals[i]);
    for (const name of INLINED) node.setAttribute(name, plain(style.getPropertyValue(name)));
    for (const name of ["class", "style", "tabindex", "role", "data-select"]) node.removeAttribute(name);
    if (style.display === "none") node.setAttribute("display", "none");
  });
  copy.querySelectorAll("[display=none]").forEach((node) => node.remove());
  const [width, height] = [svg.getAttribute("width"), svg.getAttribute("height")];
  copy.setAttribute("xmlns", SVG);
  copy.setAttribute("viewBox", `0 0 ${width} ${height}`);
  copy.removeAttribute("style");
  const page = getComputedStyle(view.frame).getPropertyValue("--st-background-color").trim() || "#ffffff";
  copy.prepend(make("rect", { width: "100%", height: "100%", fill: page }));
  return `<?xml version="1.0" encoding="UTF-8"?>\n${new XMLSerializer().serializeToString(copy)}`;
}

function asPng(view, name) {
  const picture = new Image();
  picture.onload = () => {
    const canvas = document.createElement("canvas");
    canvas.width = 2 * view.svg.getAttribute("width");
    canvas.height = 2 * view.svg.getAttribute("height");
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    canvas.toBlob((blob) => save(blob, `${name}.png`), "image/png");
  };
  picture.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(standalone(view))}`;
}

// Rows of what is drawn: the series, where it is, and its interval where it has one.
function rowsOf(spec) {
  if (spec.table && Object.keys(spec.table).length) {
    const columns = Object.entries(spec.table);
    return [columns.map(([name]) => name), ...columns[0][1].map((_, i) => columns.map(([, values]) => values[i]))];
  }
  const rows = [["series", spec.x.label || "x", spec.y.label || "y", "low", "high", "value"]];
  for (const mark of spec.marks) {
    const { name, low, high } = mark;
    if (mark.kind === "intervals") mark.at.forEach((at, i) => rows.push([name, mark.horizontal ? "" : at, mark.horizontal ? at : "", low[i], high[i]]));
    else if (mark.kind === "bands") mark.x.forEach((x, i) => rows.push([name, x, "", low[i], high[i]]));
    else if (Array.isArray(mark.x)) mark.x.forEach((x, i) => rows.push([name || mark.label?.[i], x, mark.y[i], low?.[i], high?.[i], mark.value?.[i]]));
  }
  const used = rows[0].map((_, column) => column < 3 || rows.slice(1).some((row) => row[column] !== undefined));
  return rows.map((row) => rows[0].map((_, column) => row[column]).filter((_, column) => used[column]));
}

function menu(view, spec) {
  const { frame } = view;
  const name = fileName(spec.title) || "chart";
  const button = frame.querySelector(".menu > button");
  const list = frame.querySelector(".menu > div");
  const close = () => ((list.hidden = true), button.setAttribute("aria-expanded", "false"));
  button.onclick = () => {
    list.hidden = !list.hidden;
    button.setAttribute("aria-expanded", String(!list.hidden));
    if (!list.hidden) list.firstElementChild.focus();
  };
  const actions = { png: () => asPng(view, name), svg: () => save(new Blob([standalone(view)], { type: "image/svg+xml" }), `${name}.svg`), csv: () => saveCsv(rowsOf(spec), name) };
  list.querySelectorAll("button").forEach((item) => (item.onclick = () => (close(), actions[item.dataset.as]())));
  frame.querySelector(".menu").onkeydown = (event) => event.key === "Escape" && (close(), button.focus());
  frame.querySelector(".menu").onfocusout = (event) => !event.relatedTarget?.closest?.(".menu") && close();
}

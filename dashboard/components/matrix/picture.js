// The table as an SVG: every name and cell where the browser has put it.

function textOf(node, box, origin, upright) {
  const style = getComputedStyle(node);
  const rect = node.getBoundingClientRect();
  const x = rect.left - origin.left + rect.width / 2;
  const y = rect.top - origin.top + rect.height / 2;
  const size = parseFloat(style.fontSize);
  const place = upright ? { x, y, "text-anchor": "middle", transform: `rotate(-90 ${x} ${y})`, dy: size * 0.35 } : { x, y: y + size * 0.35, "text-anchor": "middle" };
  return make("text", { ...place, fill: style.color, "font-size": `${size}px`, "font-weight": style.fontWeight, "font-family": style.fontFamily, opacity: style.opacity }, node.textContent);
}

function pictureOf(table, title) {
  const HEAD = 30;
  const box = table.getBoundingClientRect();
  const origin = { left: box.left - 8, top: box.top - HEAD };
  const svg = make("svg", { width: Math.ceil(box.width + 16), height: Math.ceil(box.height + HEAD + 8) });
  const style = getComputedStyle(table);
  svg.append(make("text", { x: 8, y: 20, fill: style.color, "font-size": "15px", "font-weight": 600, "font-family": style.fontFamily }, title));
  for (const cell of table.querySelectorAll("th, td")) {
    const rect = cell.getBoundingClientRect();
    const upright = getComputedStyle(cell).writingMode !== "horizontal-tb";
    if (cell.dataset.cell && cell.tagName === "TD") svg.append(make("rect", { x: rect.left - origin.left, y: rect.top - origin.top, width: rect.width, height: rect.height, rx: 6, fill: getComputedStyle(cell).backgroundColor }));
    for (const part of cell.children) svg.append(textOf(part, rect, origin, upright));
  }
  return svg;
}

// What the menu saves: the picture is made when it is asked for, and stays out of sight for as long as it is read.
function pictured(frame, table, data) {
  let svg = null;
  return {
    frame,
    get svg() {
      if (!svg?.isConnected) {
        svg = pictureOf(table, data.title);
        svg.style.cssText = "position: absolute; left: -99999px; top: 0";
        frame.append(svg);
        setTimeout(() => svg.remove(), 5_000);
      }
      return svg;
    },
  };
}

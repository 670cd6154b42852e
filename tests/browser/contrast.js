// Text of the page, in shadow roots too, whose contrast to what is behind it is below 4.5 (3 where it is large): WCAG 2.2, 1.4.3.
() => {
  const pen = Object.assign(document.createElement("canvas"), { width: 1, height: 1 }).getContext("2d", { willReadFrequently: true });
  const colour = (text) => {
    pen.clearRect(0, 0, 1, 1);
    pen.fillStyle = text;
    pen.fillRect(0, 0, 1, 1);
    return [...pen.getImageData(0, 0, 1, 1).data].map((value) => value / 255);
  };
  const over = (top, below) => [0, 1, 2].map((i) => top[i] * top[3] + below[i] * (1 - top[3]));
  const luminance = (rgb) => {
    const [r, g, b] = rgb.map((value) => (value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const shown = (element, style) => {
    const { width, height } = element.getBoundingClientRect();
    return width && height && style.visibility === "visible" && !style.fontFamily.includes("Material");
  };
  const found = [];
  const look = (element) => {
    const own = [...element.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE).map((node) => node.textContent).join("").trim();
    const style = getComputedStyle(element);
    if (!own || element.closest("svg, :disabled, [data-testid=stSlider]") || !shown(element, style)) return;
    let opacity = 1;
    const behind = [];
    for (let at = element; at; at = at.parentElement ?? at.getRootNode().host) {
      const layer = getComputedStyle(at);
      behind.unshift(colour(layer.backgroundColor));
      opacity *= Number(layer.opacity);
    }
    if (opacity < 0.05) return; // shown while the pointer is on it
    const ground = behind.reduce((below, top) => over(top, below), [1, 1, 1]);
    const ink = colour(style.color);
    const [a, b] = [luminance(over([...ink.slice(0, 3), ink[3] * opacity], ground)), luminance(ground)];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    const size = parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    if (ratio < (large ? 2.98 : 4.45)) found.push(`${own.slice(0, 40)}: ${ratio.toFixed(2)}`);
  };
  const walk = (root) =>
    root.querySelectorAll("*").forEach((element) => {
      look(element);
      if (element.shadowRoot) walk(element.shadowRoot);
    });
  walk(document);
  return found;
}

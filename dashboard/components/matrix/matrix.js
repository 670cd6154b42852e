export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  const { classes, counts, values, top, norm, chosen } = data;
  const table = parentElement.querySelector("table");
  const cell = (tag, text, name) => {
    const made = document.createElement(tag);
    made.className = name;
    made.textContent = text;
    return made;
  };
  const pressable = (made, pair, label) => {
    made.tabIndex = 0;
    made.setAttribute("role", "button");
    made.setAttribute("aria-label", label);
    made.title = label;
    made.dataset.cell = pair.join("|");
    made.onclick = () => setTriggerValue("cell", pair);
    made.onkeydown = (event) => (event.key === "Enter" || event.key === " ") && (event.preventDefault(), made.onclick());
    return made;
  };
  const isChosen = (i, j) => (chosen[0] || chosen[1]) && (!chosen[0] || chosen[0] === classes[i]) && (!chosen[1] || chosen[1] === classes[j]);

  const longest = Math.max(...classes.map((name) => name.length));
  const corner = cell("td", "true ↓   predicted →", "corner");
  corner.style.width = `${Math.min(180, Math.max(72, 14 + 8.2 * longest))}px`;
  table.className = longest > 10 || classes.length > 9 ? "tall" : "";
  table.style.setProperty("--classes", classes.length);
  const head = document.createElement("tr");
  head.append(corner);
  classes.forEach((name) => head.append(pressable(cell("th", name, "column"), ["", name], `all predicted ${name}`)));
  const rows = classes.map((name, i) => {
    const row = document.createElement("tr");
    row.append(pressable(cell("th", name, "row"), [name, ""], `all truly ${name}`));
    classes.forEach((other, j) => {
      const share = Math.min(1, values[i][j] / top);
      const text = norm === "count" ? String(counts[i][j]) : `${(100 * values[i][j]).toFixed(values[i][j] < 0.0995 && values[i][j] > 0 ? 1 : 0)}`;
      const part = norm === "count" ? "" : `, ${(100 * values[i][j]).toFixed(1)}% of the ${norm}`;
      const made = cell("td", text, (i === j ? "hit" : "miss") + (isChosen(i, j) ? " chosen" : "") + (share > 0.55 ? " deep" : ""));
      made.style.setProperty("--share", share.toFixed(3));
      row.append(pressable(made, [name, other], `${name} taken for ${other}: ${counts[i][j]} faces${part}`));
    });
    return row;
  });
  table.replaceChildren(head, ...rows);
}

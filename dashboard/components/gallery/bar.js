// The line above the faces: sort, direction, groups, size. Each change is sent once, when it is made.

const DIRECTIONS = { false: ["↓", "largest first"], true: ["↑", "smallest first"] };

function choice(label, options) {
  const select = made("select", "choice");
  select.setAttribute("aria-label", label);
  select.title = label;
  for (const [value, text] of Object.entries(options)) select.append(new Option(text, value));
  return select;
}

// {element, show(look, columns)}; `changed(look, done)` while a slider moves (false) and when a choice is made (true).
function newBar(changed) {
  const element = made("div", "bar");
  const sort = choice("Sort by", SORTS);
  const direction = made("button", "direction");
  const group = choice("Group by", GROUPS);
  const size = made("input", "size");
  Object.assign(size, { type: "range", min: 44, max: 160, step: 4, title: "Size of the faces" });
  size.setAttribute("aria-label", "Size of the faces");
  element.append(made("span", "word", "Sort"), sort, direction, made("span", "word", "Group"), group, size);
  let now = null;
  const tell = (change, done = true) => changed((now = { ...now, ...change }), done);
  sort.onchange = () => tell({ sort: sort.value, up: sort.value === "file" });
  direction.onclick = () => tell({ up: !now.up });
  group.onchange = () => tell({ group: group.value });
  size.oninput = () => tell({ size: Number(size.value) }, false);
  size.onchange = () => tell({ size: Number(size.value) });
  const show = (look, columns) => {
    now = look;
    for (const option of sort.options)
      option.hidden = option.disabled = option.value !== "file" && option.value !== look.sort && !varies(columns[option.value]);
    [sort.value, group.value, size.value] = [look.sort, look.group, look.size];
    const [arrow, words] = DIRECTIONS[look.up];
    direction.textContent = arrow;
    direction.title = words;
    direction.setAttribute("aria-label", `Order: ${words}`);
  };
  return { element, show };
}

// Radio buttons drawn as one bar: the arrow keys go through them.
function segments(control, send) {
  const group = element("div", control.options.length > 5 ? "segments many" : "segments"); // many may take two lines
  group.setAttribute("role", "radiogroup");
  group.setAttribute("aria-label", control.label);
  control.options.forEach(([value, text], i) => {
    const input = element("input", "", { type: "radio", name: control.name, value, id: `${control.name}-${i}` });
    Object.assign(input, { checked: value === control.value, disabled: control.disabled });
    input.onchange = () => send(value);
    group.append(element("label", "segment", {}, [input, element("span", "", { textContent: text })]));
  });
  if (control.bare) return element("div", "control", {}, [group]);
  const name = element("div", "name", {}, [element("span", "", { textContent: control.label }), ...helped(control)]);
  return element("div", "control", {}, [name, group]);
}

function listed(control, options, chosen) {
  const select = element("select", "", { id: control.name, disabled: control.disabled });
  select.append(...options.map(([value, text]) => element("option", "", { value, textContent: text, title: text })));
  select.value = chosen;
  return select;
}

function select(control, send) {
  const list = listed(control, control.options, control.value);
  list.onchange = () => send(list.value);
  return labelled(control, list, list);
}

// What is chosen, each with a button that removes it, and a list of the others.
function several(control, send) {
  const texts = new Map(control.options);
  const chips = control.value.map((value) => {
    const chip = element("button", "chip", { type: "button", id: `${control.name}-${value}` }, [
      element("span", "", { textContent: texts.get(value) ?? value }),
      element("i", "cross"),
    ]);
    chip.title = `Remove ${texts.get(value) ?? value}`;
    chip.setAttribute("aria-label", chip.title);
    chip.onclick = () => send(control.value.filter((one) => one !== value));
    return chip;
  });
  const others = control.options.filter(([value]) => !control.value.includes(value));
  const full = control.value.length >= control.most || !others.length;
  const list = listed(control, [["", control.placeholder], ...others], "");
  list.onchange = () => list.value && send([...control.value, list.value]);
  list.hidden = full;
  return labelled(control, list, element("div", "several", {}, [...chips, list]));
}

function toggle(control, send) {
  const input = element("input", "", { type: "checkbox", id: control.name, checked: control.value, disabled: control.disabled });
  input.setAttribute("role", "switch");
  input.onchange = () => send(input.checked);
  return element("div", "control switch", {}, [element("label", "", {}, [input, control.label]), ...helped(control)]);
}

function element(tag, name = "", properties = {}, children = []) {
  const made = Object.assign(document.createElement(tag), { className: name }, properties);
  made.append(...children);
  return made;
}

// A question mark that says more where it is pointed at or reached by keyboard.
function helped(control) {
  if (!control.help) return [];
  const mark = element("button", "mark", { type: "button", textContent: "?" });
  mark.setAttribute("aria-label", control.help);
  return [mark, element("span", "help", { textContent: control.help })];
}

// The control under its label; one that is bare is only called so.
function labelled(control, input, box) {
  if (control.bare) {
    input.setAttribute("aria-label", control.label);
    return element("div", "control", {}, [box]);
  }
  const label = element("label", "", { htmlFor: input.id, textContent: control.label });
  return element("div", "control", {}, [element("div", "name", {}, [label, ...helped(control)]), box]);
}

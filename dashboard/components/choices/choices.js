function element(tag, name, properties = {}) {
  return Object.assign(document.createElement(tag), { className: name }, properties);
}

function helped(help) {
  if (!help) return [];
  const button = element("button", "", { type: "button", textContent: "?" });
  button.setAttribute("aria-label", help);
  return [button, element("span", "help", { textContent: help })];
}

function list(choice, send) {
  const select = element("select", "", { id: choice.name });
  select.append(...choice.options.map(([value, text]) => element("option", "", { value, textContent: text, title: text })));
  select.value = choice.value;
  select.onchange = () => send([choice.name, select.value]);
  const label = element("label", "", { htmlFor: choice.name, textContent: choice.label });
  const name = element("div", "name");
  const [button, help] = helped(choice.help);
  name.append(label, ...(button ? [button] : []));
  const box = element("div", "choice");
  box.append(name, ...(help ? [help] : []), select);
  return box;
}

function toggle(choice, send) {
  const input = element("input", "", { type: "checkbox", checked: choice.value });
  input.setAttribute("role", "switch");
  input.onchange = () => send([choice.name, input.checked]);
  const label = element("label", "");
  label.append(input, choice.label);
  const box = element("div", "choice switch");
  box.append(label, ...helped(choice.help));
  return box;
}

export default function ({ data, parentElement, setTriggerValue }) {
  const frame = parentElement.querySelector(".choices");
  const now = JSON.stringify(data.choices);
  if (frame.dataset.now === now) return; // what is open or focused stays so
  const focused = frame.getRootNode().activeElement?.id;
  frame.dataset.now = now;
  const send = (choice) => {
    frame.dataset.now = ""; // a value that is not taken is set back
    setTriggerValue("choice", choice);
  };
  frame.replaceChildren(...data.choices.map((choice) => (choice.options ? list : toggle)(choice, send)));
  if (focused) frame.querySelector(`#${focused}`)?.focus();
}

function action(control, send) {
  const button = element("button", control.remove ? "chip" : control.quiet ? "action quiet" : "action", { type: "button", id: control.name });
  button.append(element("span", "", { textContent: control.label }), ...(control.remove ? [element("i", "cross")] : []));
  button.title = control.help;
  button.disabled = control.disabled;
  button.onclick = () => send(null);
  return button;
}

function words(control) {
  return element("span", "words", { textContent: control.label });
}

const KINDS = { segments, select, several, switch: toggle, field, number, stops, span, action, words };

export default function ({ data, parentElement, setTriggerValue }) {
  const frame = parentElement.querySelector(".toolbar");
  const now = JSON.stringify(data.controls);
  if (frame.dataset.now === now) return; // what is open, focused or half written stays so
  const root = frame.getRootNode();
  const focused = root.activeElement;
  const group = focused?.type === "radio" && focused.name;
  const pointed = focused?.selectionStart;
  frame.dataset.now = now;
  const draw = (control) =>
    KINDS[control.kind](control, (value) => {
      frame.dataset.now = ""; // a value that is not taken is set back
      setTriggerValue("choice", [control.name, value]);
    });
  frame.replaceChildren(...data.controls.map(draw));
  if (!focused?.id) return;
  const again = (group && frame.querySelector(`[name="${CSS.escape(group)}"]:checked`)) || root.getElementById(focused.id);
  again?.focus();
  if (again?.type === "search") again.setSelectionRange(pointed, pointed);
}

function field(control, send) {
  const input = element("input", "field", { type: "search", id: control.name, value: control.value, maxLength: 200 });
  input.placeholder = control.label;
  input.autocomplete = "off";
  input.onchange = () => send(input.value);
  return labelled({ ...control, bare: true }, input, input);
}

function number(control, send) {
  const { low: min, high: max, step, value } = control;
  const input = element("input", "number", { type: "number", id: control.name, min, max, step: "any", value });
  input.onchange = () => (input.checkValidity() && input.value !== "" ? send(Number(input.value)) : (input.value = value));
  input.onkeydown = (event) => {
    const way = { ArrowUp: 1, ArrowDown: -1 }[event.key];
    if (!way) return;
    event.preventDefault();
    input.value = Number(Math.min(max, Math.max(min, Number(input.value) + way * step)).toFixed(6));
  };
  return labelled(control, input, input);
}

function slider(control, name, min, max, value) {
  const input = element("input", "slider", { type: "range", id: name, min, max, step: 1, value });
  input.disabled = control.disabled;
  return input;
}

function fill(track, from, to) {
  track.style.setProperty("--from", `${100 * from}%`);
  track.style.setProperty("--to", `${100 * to}%`);
}

// One stop of a line of them. The text follows the thumb; the page is asked when it is let go.
function stops(control, send) {
  const last = Math.max(1, control.options.length - 1);
  const at = Math.max(0, control.options.findIndex(([value]) => value === control.value));
  const input = slider(control, control.name, 0, last, at);
  const text = element("output");
  const track = element("div", "track", {}, [input]);
  const show = () => {
    text.textContent = control.options[input.value][1];
    input.setAttribute("aria-valuetext", text.textContent);
    fill(track, 0, input.value / last);
  };
  input.oninput = show;
  input.onchange = () => send(control.options[input.value][0]);
  show();
  const box = labelled(control, input, track);
  box.querySelector(".name")?.append(text);
  box.classList.add("wide");
  return box;
}

// Two thumbs on one line; neither passes the other.
function span(control, send) {
  const { low, high, value, unit } = control;
  const ends = ["from", "to"].map((end, i) => slider(control, `${control.name}-${end}`, low, high, value[i]));
  const text = element("output");
  const track = element("div", "track two", {}, ends);
  const now = () => ends.map((input) => Number(input.value));
  const show = () => {
    const [from, to] = now();
    text.textContent = `${from}–${to}${unit}`;
    fill(track, (from - low) / (high - low), (to - low) / (high - low));
    ends[0].style.zIndex = from > (low + high) / 2 ? 1 : 0; // where both lie at the end, the lower one can be taken hold of
  };
  ends.forEach((input, i) => {
    input.setAttribute("aria-label", `${control.label} ${i ? "to" : "from"}`);
    input.oninput = () => {
      input.value = i ? Math.max(input.value, ends[0].value) : Math.min(input.value, ends[1].value);
      show();
    };
    input.onchange = () => send(now());
  });
  show();
  const name = element("div", "name", {}, [element("span", "", { textContent: control.label }), ...helped(control), text]);
  return element("div", "control wide", {}, [name, track]);
}

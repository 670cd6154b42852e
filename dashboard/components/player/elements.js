// Small things a player is made of.
const make = (tag, name, text = "") => {
  const made = document.createElement(tag);
  made.className = name;
  made.textContent = text;
  return made;
};
const draw = (tag, settings) => {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  Object.entries(settings).forEach(([name, value]) => made.setAttribute(name, value));
  return made;
};
const clock = (seconds) => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;
const percent = (share) => `${Math.round(100 * share)}%`;

// A button with a picture and two lines under it.
function tile(picture, words, note, label, act) {
  const button = make("button", "tile");
  const image = make("img", "");
  image.src = picture;
  image.alt = "";
  const text = make("span", "");
  text.append(make("b", "", words), make("small", "", note));
  button.append(image, text);
  button.setAttribute("aria-label", label);
  button.onclick = act;
  return button;
}

// One of several buttons is chosen.
function press(button, is) {
  button.classList.toggle("chosen", is);
  button.setAttribute("aria-pressed", is);
}

// A control with its name before it.
function labelled(name, ...parts) {
  const label = make("label", "smoothing", name);
  label.append(...parts);
  return label;
}

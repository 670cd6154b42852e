// Below `FULL` the paint comes over the face; from there on the face goes.
const FULL = 60;

function make(tag, name, text) {
  const node = document.createElement(tag);
  if (name) node.className = name;
  if (text) node.textContent = text;
  return node;
}

function picture(source, name, alt) {
  const image = make("img", name);
  image.src = source;
  image.alt = alt;
  image.draggable = false;
  return image;
}

function figure(cell, face) {
  const node = make("figure", `${cell.strong ? "strong" : ""} ${cell.paint ? "" : "none"}`);
  const frame = make("div", "picture");
  frame.append(picture(face, "face", "The face"));
  if (cell.paint) frame.append(picture(cell.paint, "paint", `Map for ${cell.title}`));
  else frame.append(make("div", "problem", cell.problem));
  const caption = make("figcaption");
  caption.append(make("b", "", cell.title), " ", make("span", "soft", cell.note));
  node.append(frame, caption);
  return node;
}

function block(row, face) {
  const node = make("section", "row");
  const head = make("div", "head");
  head.append(make("b", "", row.title), make("span", "soft", row.scale), make("p", `sentence ${row.tone}`, row.sentence));
  const cells = make("div", "cells");
  cells.style.setProperty("--columns", Math.max(1, row.cells.length));
  cells.append(...row.cells.map((cell) => figure(cell, face)));
  node.append(head, cells);
  return node;
}

export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".explained");
  const slider = root.querySelector("input");
  root.style.setProperty("--cell", `${data.size}px`);
  root.querySelector(".rows").replaceChildren(...data.rows.map((row) => block(row, data.face)));
  const fade = () => {
    const at = Number(slider.value);
    root.style.setProperty("--paint", Math.min(1, at / FULL));
    root.style.setProperty("--face", at <= FULL ? 1 : 1 - (at - FULL) / (100 - FULL));
    slider.setAttribute("aria-valuetext", at === 0 ? "the face" : at === 100 ? "the map" : `${at}% map`);
  };
  slider.oninput = fade;
  fade();
}

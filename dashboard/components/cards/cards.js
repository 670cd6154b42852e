export default function ({ data, parentElement }) {
  const element = (tag, name, text) => {
    const made = document.createElement(tag);
    made.className = name;
    made.textContent = text;
    return made;
  };
  const made = data.cards.map((card) => {
    const box = element("div", "card", "");
    const label = element("div", "label", card.label);
    box.dataset.label = card.label;
    box.append(label, element("div", "value", card.value));
    if (card.note) box.append(element("div", `note ${card.tone}`, card.note));
    if (card.help) {
      const button = element("button", "", "?");
      button.type = "button";
      button.setAttribute("aria-label", card.help);
      label.append(button, element("span", "help", card.help));
    }
    return box;
  });
  const cards = parentElement.querySelector(".cards");
  cards.style.setProperty("--n", made.length);
  cards.replaceChildren(...made);
}

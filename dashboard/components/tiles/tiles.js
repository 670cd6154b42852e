export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  const root = parentElement.querySelector(".tiles");
  root.style.setProperty("--tile", data.size + "px");
  root.classList.toggle("small", data.size < 60);
  root.replaceChildren(
    ...data.tiles.flatMap(([row, title, note, colour, head], place) => {
      const button = document.createElement("button");
      button.className = "face" + (row === data.chosen ? " chosen" : "");
      button.dataset.row = row;
      button.style.setProperty("--frame", colour);
      button.setAttribute("aria-label", `${title} ${note}`);
      const picture = document.createElement("span");
      picture.className = "picture";
      picture.style.backgroundImage = `url(${data.sprite})`;
      picture.style.backgroundSize = `${data.count * 100}% 100%`;
      picture.style.backgroundPosition = `${data.count > 1 ? (100 * place) / (data.count - 1) : 0}% 0`;
      picture.style.imageRendering = data.smooth ? "auto" : "pixelated";
      const first = document.createElement("span");
      first.className = "title";
      first.textContent = title;
      const second = document.createElement("span");
      second.className = "note";
      second.textContent = note;
      button.append(picture, first, second);
      button.onclick = () => (setTriggerValue("face", row), root.closest(".st-key-answer") || lead());
      if (!head) return [button];
      const heading = document.createElement("p");
      heading.className = "head";
      heading.textContent = head;
      return [heading, button];
    }),
  );
}

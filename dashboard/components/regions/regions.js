export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".regions");
  const svg = root.querySelector("svg");
  root.style.width = data.size + "px";
  root.querySelector("img").src = data.image;
  svg.setAttribute("viewBox", `0 0 ${data.width} ${data.height}`);
  const make = (name) => document.createElementNS("http://www.w3.org/2000/svg", name);
  svg.replaceChildren(
    ...data.paths.map((shape, i) => {
      const path = make("path");
      path.setAttribute("d", shape);
      path.setAttribute("tabindex", "0");
      path.setAttribute("role", "button");
      path.setAttribute("aria-label", data.names[i]);
      path.setAttribute("aria-pressed", String(i === data.chosen));
      path.classList.toggle("chosen", i === data.chosen);
      const title = make("title");
      title.textContent = data.names[i];
      path.append(title);
      const choose = () => setTriggerValue("region", i);
      path.onclick = choose;
      path.onkeydown = (event) => {
        if (event.key !== "Enter" && event.key !== " ") return;
        event.preventDefault();
        choose();
      };
      return path;
    }),
  );
}

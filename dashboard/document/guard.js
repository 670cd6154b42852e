const OURS = ".pages a";
const LINKS = `${OURS}, [data-testid="stPageLink-NavLink"]`;
const LONGEST = 3000; // milliseconds: a server that does not answer must not lock the page
const NARROW = "(max-width: 768px)"; // where Streamlit lays the sidebar over the page

const title = () => document.querySelector("h1")?.textContent;

function leave() {
  const main = document.querySelector('[data-testid="stMain"]');
  const from = title();
  const end = performance.now() + LONGEST;
  main.inert = true;
  const wait = setInterval(() => {
    if (title() === from && performance.now() < end) return;
    clearInterval(wait);
    main.inert = false;
  }, 15);
}

// Streamlit opens the page that the history went to. Its parameters are left out: the session knows them.
function follow(link) {
  history.pushState({}, "", link.pathname);
  dispatchEvent(new PopStateEvent("popstate"));
  document.querySelector(`${OURS}[aria-current]`)?.removeAttribute("aria-current");
  link.setAttribute("aria-current", "page");
  if (matchMedia(NARROW).matches) document.querySelector('[data-testid="stSidebarCollapseButton"] button')?.click();
}

// One entry of the history for what a visitor does: the addresses that the app writes without a new click or key
// (a page opened by its link gets its parameters, a step back has them completed) replace the last one.
function oneStepEach() {
  let acted = false;
  for (const name of ["pointerdown", "keydown", "click"]) document.addEventListener(name, () => (acted = true), true);
  addEventListener("popstate", () => (acted = false), true);
  const push = history.pushState.bind(history);
  history.pushState = (state, title, address) => {
    const same = new URL(address ?? "", location.href).href === location.href;
    if (!acted || same) return history.replaceState(state, title, address);
    acted = false;
    return push(state, title, address);
  };
}

oneStepEach();
const link = (event) => event.target.closest?.(LINKS);
document.addEventListener(
  "click",
  (event) => {
    const found = link(event);
    if (!found || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    const elsewhere = new URL(found.href).pathname !== location.pathname;
    if (elsewhere) leave();
    if (!found.matches(OURS)) return;
    event.preventDefault();
    if (elsewhere) follow(found);
  },
  true,
);
// Opened in a tab of its own, a page shows the same selection.
for (const name of ["pointerdown", "contextmenu"]) {
  document.addEventListener(name, (event) => link(event) && (link(event).search = location.search), true);
}

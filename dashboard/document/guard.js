const LINKS = '[data-testid="stSidebarNavLink"], [data-testid="stPageLink-NavLink"]';
const LONGEST = 3000; // milliseconds: a server that does not answer must not lock the page

function leave() {
  const main = document.querySelector('[data-testid="stMain"]');
  const from = location.pathname;
  const end = performance.now() + LONGEST;
  main.inert = true;
  const wait = setInterval(() => {
    if (location.pathname === from && performance.now() < end) return;
    clearInterval(wait);
    main.inert = false;
  }, 15);
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
    const plain = !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);
    if (link(event) && plain && new URL(link(event).href).pathname !== location.pathname) leave();
  },
  true,
);
// Opened in a tab of its own, a page shows the same selection.
for (const name of ["pointerdown", "contextmenu"]) {
  document.addEventListener(name, (event) => link(event) && (link(event).search = location.search), true);
}
document.addEventListener("pointerover", (event) => {
  const found = link(event);
  if (found && !found.title) found.title = HELPS[found.innerText.trim().split("\n").pop()] ?? "";
});

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

export default function () {
  if (window.ferkitGuard) return;
  window.ferkitGuard = true;
  document.addEventListener(
    "click",
    (event) => {
      const link = event.target.closest?.(LINKS);
      const plain = !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);
      if (link && plain && new URL(link.href).pathname !== location.pathname) leave();
    },
    true,
  );
}

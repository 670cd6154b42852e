// Runs before each page's own scripts; looks once per frame and keeps the moment at which everything had been painted.
(() => {
  const watch = (window.watch = { since: null, pressed: 0, changed: null, rows: "", faces: 0, waiting: 0 });
  const PLACEHOLDERS = '[data-testid="stSpinner"], [data-testid="stSkeleton"], [data-stale="true"]';
  let last = "";
  let fresh = false;

  const main = () => document.querySelector('[data-testid="stMain"]');
  const ready = () => {
    const app = document.querySelector('[data-testid="stApp"]');
    if (!app || app.dataset.testScriptState !== "notRunning" || document.querySelector(PLACEHOLDERS)) return false;
    return Boolean(main()?.querySelector('[data-testid="stVerticalBlock"] > *'));
  };

  // Every element below the page's main part, those inside components too.
  const elements = () => {
    const outside = [...(main()?.querySelectorAll("*") ?? [])];
    return outside.concat(...outside.filter((one) => one.shadowRoot).map((one) => [...one.shadowRoot.querySelectorAll("*")]));
  };

  const look = () => {
    const now = performance.now();
    const here = elements();
    const seen = `${here.length} ${document.querySelector("h1")?.innerText}`;
    if (!ready()) watch.since = null;
    else if (watch.since === null || seen !== last) watch.since = now;
    last = seen;

    const rows = here.filter((one) => one.dataset?.row !== undefined).map((one) => one.dataset.row);
    const gallery = here.find((one) => one.dataset?.count !== undefined);
    const seenFaces = `${rows.join()} ${gallery?.dataset.count} ${gallery?.dataset.waiting}`;
    if (fresh) watch.changed = now; // a frame later: the new faces have been painted
    fresh = seenFaces !== watch.rows;
    watch.rows = seenFaces;
    watch.faces = Number(gallery?.dataset.count ?? rows.length);
    watch.waiting = Number(gallery?.dataset.waiting ?? 0);
    requestAnimationFrame(look);
  };

  addEventListener("pointerup", () => (watch.pressed = performance.now()), true);
  requestAnimationFrame(look);
})();

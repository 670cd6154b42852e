// Runs before each page's own scripts; looks once per frame in which something changed, and keeps the moment at which
// everything had been painted. It forces no layout, so that it costs a full page hardly more than an empty one.
(() => {
  const watch = (window.watch = { since: null, pressed: 0, changed: null, rows: "", faces: 0, waiting: 0 });
  const PLACEHOLDERS = '[data-testid="stSpinner"], [data-testid="stSkeleton"], [data-stale="true"]';
  const roots = []; // of components
  let last = "";
  let fresh = false;
  let dirty = true;

  const observer = new MutationObserver(() => (dirty = true));
  const follow = (root) => observer.observe(root, { subtree: true, childList: true, attributes: true, characterData: true });
  const attach = Element.prototype.attachShadow;
  Element.prototype.attachShadow = function (...options) {
    const root = attach.apply(this, options);
    roots.push(root);
    follow(root);
    return root;
  };

  const main = () => document.querySelector('[data-testid="stMain"]');
  const ready = () => {
    const app = document.querySelector('[data-testid="stApp"]');
    if (!app || app.dataset.testScriptState !== "notRunning" || document.querySelector(PLACEHOLDERS)) return false;
    return Boolean(main()?.querySelector('[data-testid="stVerticalBlock"] > *'));
  };

  // In the page's main part, in components too.
  const inside = (selector) => {
    const here = main();
    const within = roots.filter((root) => root.isConnected && here?.contains(root.host));
    return [here, ...within].flatMap((root) => [...(root?.querySelectorAll(selector) ?? [])]);
  };

  const look = (now) => {
    if (fresh) watch.changed = now; // a frame later: the new faces have been painted
    fresh = false;
    if (dirty) {
      dirty = false;
      const seen = `${inside("*").length} ${document.querySelector("h1")?.textContent}`;
      if (!ready()) watch.since = null;
      else if (watch.since === null || seen !== last) watch.since = now;
      last = seen;

      const rows = inside("[data-row]").map((one) => one.dataset.row);
      const gallery = inside("[data-count]")[0];
      const seenFaces = `${rows.join()} ${gallery?.dataset.count} ${gallery?.dataset.waiting}`;
      fresh = seenFaces !== watch.rows;
      watch.rows = seenFaces;
      watch.faces = Number(gallery?.dataset.count ?? rows.length);
      watch.waiting = Number(gallery?.dataset.waiting ?? 0);
    }
    requestAnimationFrame(() => look(performance.now()));
  };

  addEventListener("pointerup", () => (watch.pressed = performance.now()), true);
  follow(document);
  requestAnimationFrame(() => look(performance.now()));
})();

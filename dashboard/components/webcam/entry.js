// The modules lie beside the page at an address of their own: what they share is fetched once and kept by the browser.
export default function (component) {
  const root = component.parentElement.querySelector(".webcam");
  const code = new URL(component.data.code, document.baseURI).href;
  const turn = (root.turn = (root.turn ?? 0) + 1);
  let leave = null;
  let left = false;
  import(`${code}live.js`).then(
    ({ show }) => {
      if (left || root.turn !== turn) return; // a later draw took over
      leave = show({ ...component, data: { ...component.data, code } }, { save, saveCsv, correct, logMean });
      root.leave = leave;
    },
    () => (root.textContent = "The page's own code cannot be loaded. Reload the page."),
  );
  return () => {
    if (root.turn !== turn) return;
    left = true;
    (leave ?? root.leave)?.();
    root.leave = null;
  };
}

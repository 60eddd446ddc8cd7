/** Client-side navigation with the History API. */
import { matchRoute, ROUTES } from "./routes.js";

/**
 * @typedef {object} Router
 * @property {(path: string) => void} navigate go to a page of the portal
 * @property {(path: string) => void} replace the same, without a new entry in the history
 * @property {(path: string, kept: object) => void} note the page shows something else by itself; `kept` in the history
 * @property {() => void} show show the page of the current location again
 */

/**
 * @param {(match: import("./routes.js").Match | null, path: string) => void} onRoute null: no such page
 * @param {() => boolean} mayLeave asked before a person leaves a page by a link, or back or forward
 * @returns {Router}
 */
export function createRouter(onRoute, mayLeave) {
  let shown = location.href;
  function show() {
    shown = location.href;
    onRoute(matchRoute(ROUTES, location.pathname), location.pathname);
  }
  window.addEventListener("popstate", () => {
    if (isPartOf(shown)) shown = location.href;
    else if (mayLeave()) show();
    else history.pushState(null, "", shown);
  });
  document.addEventListener("click", (event) => {
    const path = internalPath(event);
    if (path === null) return;
    event.preventDefault();
    if (!mayLeave()) return;
    // The page that is left, so that the next one can lead back to it.
    history.pushState({ from: location.pathname + location.search }, "", path);
    show();
  });
  return {
    navigate(path) {
      history.pushState(null, "", path);
      show();
    },
    replace(path) {
      history.replaceState(null, "", path);
      show();
    },
    note(path, kept) {
      history.pushState(kept, "", path);
      shown = location.href;
    },
    show,
  };
}

/** Whether a link led to a part of the page that is shown, and nowhere else. @param {string} shown */
function isPartOf(shown) {
  const [before, now] = [new URL(shown), new URL(location.href)];
  const isMoved = before.hash !== now.hash;
  before.hash = now.hash = "";
  return isMoved && before.href === now.href;
}

/** @param {MouseEvent} event @returns {string | null} the path, if this is a plain click on a link of the portal */
function internalPath(event) {
  const plain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
  const link = event.target instanceof Element ? event.target.closest("a") : null;
  if (!plain || event.defaultPrevented || !link || link.target || link.origin !== location.origin)
    return null;
  if (link.hash && link.pathname === location.pathname) return null;
  return link.pathname + link.search;
}

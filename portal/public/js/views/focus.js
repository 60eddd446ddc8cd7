/** Where the focus goes when what had it is disabled, or gone from the page. */

/** @param {HTMLElement} element that takes the focus, if nothing has it */
export function keepFocus(element) {
  if (document.activeElement === null || document.activeElement === document.body) element.focus();
}

/** To the page's heading, if nothing has it. */
export function keepFocusOnPage() {
  keepFocus(/** @type {HTMLElement} */ (document.getElementById("heading")));
}

/** What is wrong in a form, with links that lead to the fields. */
import { h } from "./dom.js";

/**
 * @typedef {{ control: HTMLElement, label: string, text: string }} Fault of one field
 *
 * @param {import("../i18n/language.js").Translate} t
 * @param {(isWrong: boolean) => void} markTitle
 * @returns {{ element: HTMLElement, show: (faults: (Fault | null)[]) => void, focus: () => void }}
 */
export function errorSummary(t, markTitle) {
  const list = h("ul", {});
  const element = h(
    "section",
    { class: "error-summary", tabindex: "-1", "aria-labelledby": "error-summary-title", hidden: true },
    h("h2", { id: "error-summary-title" }, t("errors.title")),
    list,
  );
  return {
    element,
    show(faults) {
      const found = faults.filter((fault) => fault !== null);
      element.hidden = found.length === 0;
      // A link that somebody is pressing stays, although the field that they leave by that is read again.
      if (!isShown(list, found)) list.replaceChildren(...found.map(lineOf));
      if (element.isConnected) markTitle(found.length > 0); // Else the person has left the form.
    },
    focus: () => element.focus(),
  };
}

/** @param {HTMLElement} list @param {Fault[]} faults */
function isShown(list, faults) {
  const lines = [...list.children].map((line) => line.textContent);
  return JSON.stringify(lines) === JSON.stringify(faults.map(wordsOf));
}

/** @param {Fault} fault */
function wordsOf({ label, text }) {
  return `${label}: ${text}`;
}

/** @param {Fault} fault */
function lineOf({ control, ...words }) {
  /** @param {Event} event */
  function lead(event) {
    event.preventDefault();
    control.focus();
  }
  return h("li", {}, h("a", { href: `#${control.id}`, click: lead }, wordsOf({ control, ...words })));
}

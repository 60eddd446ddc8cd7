/** Shows whether the person's input is saved: always visible, and screen readers announce how it ended. */
import { h } from "./dom.js";

/** @typedef {import("../save_state.js").ShownState} ShownState */

/** What a screen reader is told: where things stand, not each step on the way, and each thing once for a field. */
const ANNOUNCED = ["saved", "failed", "overtaken", "invalid", "offline", "unanswered"];

/** Milliseconds: a state that lasts as long is announced. */
const SETTLED = 1_000;

/**
 * @param {import("../i18n/language.js").Translate} t
 * @param {() => void} retry
 * @returns {{ element: HTMLElement, show: (state: ShownState) => void, another: () => void,
 *   showEdit: (status: import("../stores/member_store.js").EditStatus | null) => void }}
 *   `another`: what comes now is about another field
 */
export function saveStatusView(t, retry) {
  const text = h("span", { id: "save-status", "data-state": "idle" }, t("save.idle"));
  const again = h("button", { type: "button", class: "button", hidden: true, click: retry }, t("save.retry"));
  const edit = h("span", { class: "edit-status", id: "edit-status" });
  const announcer = createAnnouncer();
  return {
    element: h("div", { class: "save-status" }, text, again, edit, announcer.element),
    another: announcer.forget,
    show(state) {
      text.dataset.state = state;
      text.textContent = t(`save.${state}`);
      again.hidden = state !== "failed" && state !== "overtaken";
      edit.hidden = state !== "saved" && state !== "idle";
      announcer.say(ANNOUNCED.includes(state) ? text.textContent : "");
    },
    showEdit(status) {
      edit.textContent = status ? t(`edit.${status}`) : "";
      edit.dataset.state = status ?? "";
      if (status === "failed") announcer.say(edit.textContent);
    },
  };
}

/** Says something once it has been so for a moment, and not twice. */
function createAnnouncer() {
  const element = h("span", { class: "unseen", role: "status" });
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  return {
    element,
    /** @param {string} words empty: nothing, for now */
    say(words) {
      clearTimeout(timer);
      if (words === "" || words === element.textContent) return;
      timer = setTimeout(() => element.replaceChildren(words), SETTLED);
    },
    forget() {
      element.replaceChildren();
    },
  };
}

/** Shows whether the person's input is saved: always visible, and screen readers announce how it ended. */
import { h } from "./dom.js";

/** @typedef {import("../save_state.js").ShownState} ShownState */

/** What a screen reader is told: where things stand, not each step on the way. */
const ANNOUNCED = ["saved", "failed", "overtaken", "invalid", "offline", "unanswered"];

/**
 * @param {import("../i18n/language.js").Translate} t
 * @param {() => void} retry
 * @returns {{ element: HTMLElement, show: (state: ShownState) => void,
 *   showEdit: (status: import("../stores/member_store.js").EditStatus | null) => void }}
 */
export function saveStatusView(t, retry) {
  const text = h("span", { id: "save-status", "data-state": "idle" }, t("save.idle"));
  const announced = h("span", { class: "unseen", role: "status" });
  const again = h("button", { type: "button", class: "button", hidden: true, click: retry }, t("save.retry"));
  const edit = h("span", { class: "edit-status", id: "edit-status", "aria-live": "polite" });
  return {
    element: h("div", { class: "save-status" }, text, again, edit, announced),
    show(state) {
      text.dataset.state = state;
      text.textContent = t(`save.${state}`);
      again.hidden = state !== "failed" && state !== "overtaken";
      edit.hidden = state !== "saved" && state !== "idle";
      if (ANNOUNCED.includes(state) && announced.textContent !== text.textContent) {
        announced.textContent = text.textContent;
      }
    },
    showEdit(status) {
      edit.textContent = status ? t(`edit.${status}`) : "";
      edit.dataset.state = status ?? "";
    },
  };
}

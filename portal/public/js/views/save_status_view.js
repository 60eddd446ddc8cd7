/** Shows whether the person's input is saved: always visible, and screen readers announce each change. */
import { h } from "./dom.js";

/** @typedef {import("../autosave.js").SaveState | "invalid"} ShownState */

/**
 * @param {import("../i18n/language.js").Translate} t
 * @param {() => void} retry
 * @returns {{ element: HTMLElement, show: (state: ShownState) => void,
 *   showEdit: (status: import("../stores/member_store.js").EditStatus | null) => void }}
 */
export function saveStatusView(t, retry) {
  const text = h("span", { id: "save-status", role: "status", "data-state": "idle" }, t("save.idle"));
  const again = h("button", { type: "button", class: "button", hidden: true, click: retry }, t("save.retry"));
  const edit = h("span", { class: "edit-status", id: "edit-status", "aria-live": "polite" });
  return {
    element: h("div", { class: "save-status" }, text, again, edit),
    show(state) {
      text.dataset.state = state;
      text.textContent = t(`save.${state}`);
      again.hidden = state !== "failed" && state !== "overtaken";
    },
    showEdit(status) {
      edit.textContent = status ? t(`edit.${status}`) : "";
      edit.dataset.state = status ?? "";
    },
  };
}

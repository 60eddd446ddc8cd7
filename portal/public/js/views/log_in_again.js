/** What asks somebody to log in again: the reason, and the button that leads there and back. */
import { h } from "./dom.js";

/** @param {import("../application.js").MemberContext} context @returns {[string, string, HTMLButtonElement]} */
export function logInAgain({ t, logIn }) {
  return [t("again.reason"), " ", logInAgainButton(t, () => logIn(location.pathname))];
}

/** @param {import("../i18n/language.js").Translate} t @param {() => Promise<void>} leave for the log-in */
export function logInAgainButton(t, leave) {
  const button = h("button", { type: "button", class: "button", click: start }, t("again.button"));

  async function start() {
    button.disabled = true;
    try {
      await leave();
    } catch {
      button.disabled = false;
      button.textContent = t("again.failed");
    }
  }
  return button;
}

/** What asks a superuser to log in again: the reason, and the button that leads there and back. */
import { h } from "./dom.js";

/** @param {import("../application.js").MemberContext} context @returns {[string, string, HTMLButtonElement]} */
export function logInAgain({ t, logIn }) {
  const button = h("button", { type: "button", class: "button", click: start }, t("again.button"));

  async function start() {
    button.disabled = true;
    try {
      await logIn(location.pathname);
    } catch {
      button.disabled = false;
      button.textContent = t("again.failed");
    }
  }
  return [t("again.reason"), " ", button];
}

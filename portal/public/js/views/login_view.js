/** The page with the log-in button. */
import { h } from "./dom.js";

/** @typedef {import("../application.js").Context} Context */

/** @param {Context} context @param {string} returnTo @returns {import("../application.js").View} */
export function loginView({ t, logIn }, returnTo) {
  const message = h("p", { class: "message", role: "status" });
  const button = h(
    "button",
    { type: "button", class: "button button-primary", click: start },
    t("login.button"),
  );

  async function start() {
    button.disabled = true;
    message.textContent = t("login.busy");
    try {
      await logIn(returnTo);
    } catch {
      button.disabled = false;
      message.textContent = t("login.failed");
    }
  }

  const element = h("div", { class: "narrow" }, h("p", { class: "lead" }, t("login.lead")), button, message);
  return { title: t("login.title"), element };
}

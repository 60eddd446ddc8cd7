/** The page with the log-in button. */
import { h } from "./dom.js";

/** @typedef {import("../application.js").Context} Context */

/** Comes back to the page that was wanted. @param {Context} context @returns {import("../application.js").View} */
export function loginView(context) {
  const { t, notice } = context;
  const element = h(
    "div",
    { class: "narrow" },
    notice && h("p", { class: "state" }, t(notice)),
    h("p", { class: "lead" }, t("login.lead")),
    ...loginButton(context, location.pathname + location.search),
  );
  return { title: t("login.title"), element };
}

/**
 * The button that leads to Kenni.is, and what it says meanwhile.
 * @param {Context} context
 * @param {string} returnTo
 */
export function loginButton({ t, logIn }, returnTo) {
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
  return [button, message];
}

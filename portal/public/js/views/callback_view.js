/** The page to which Kenni.is sends the person back: finishes the log-in, or says why it failed. */
import { reasonOf } from "../failures.js";
import { FunctionError } from "../stores/function_calls.js";
import { LoginError, wantedPage } from "../stores/kenni_login.js";
import { h } from "./dom.js";
import { loginButton } from "./login_view.js";
import { loading } from "./states.js";

/** @typedef {import("../application.js").Context} Context */

const SECONDS_PER_MINUTE = 60;

/** @param {Context} context @returns {import("../application.js").View} */
export function callbackView(context) {
  const { t, finishLogin, router, show } = context;
  const query = location.search;
  const returnTo = history.state?.returnTo ?? wantedPage();
  // The code must not stay in the history; the page that was wanted does, for somebody who loads this page again.
  history.replaceState({ returnTo }, "", location.pathname);
  finishLogin(query).then(router.replace, (error) => show(failedView(context, error, returnTo)));
  return { title: t("callback.title"), element: h("div", { class: "narrow" }, loading(t)) };
}

/**
 * @param {Context} context
 * @param {unknown} error
 * @param {string} returnTo
 * @returns {import("../application.js").View}
 */
function failedView(context, error, returnTo) {
  const { t } = context;
  const element = h(
    "div",
    { class: "narrow" },
    h("p", { class: "state state-error", role: "alert" }, wordsOf(t, error)),
    ...loginButton(context, returnTo),
  );
  return { title: t("callback.failed"), element };
}

/** @param {import("../i18n/language.js").Translate} t @param {unknown} error */
function wordsOf(t, error) {
  if (error instanceof LoginError) return t(`callback.${error.reason}`);
  if (error instanceof FunctionError && error.code === "RATE_LIMITED") {
    return t("callback.rateLimited", {
      minutes: Math.ceil((error.retryAfter ?? SECONDS_PER_MINUTE) / SECONDS_PER_MINUTE),
    });
  }
  return reasonOf(t, /** @type {Error} */ (error));
}

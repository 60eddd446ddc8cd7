/** The page to which Kenni.is sends the person back: finishes the log-in, or says why it failed. */
import { FunctionError } from "../stores/function_calls.js";
import { LoginError } from "../stores/kenni_login.js";
import { h } from "./dom.js";
import { loading } from "./states.js";

/** @typedef {import("../application.js").Context} Context */

const SECONDS_PER_MINUTE = 60;

/** @param {Context} context @returns {import("../application.js").View} */
export function callbackView({ t, finishLogin, router }) {
  const element = h("div", { class: "narrow" }, loading(t));
  const query = location.search;
  history.replaceState(null, "", location.pathname); // The code must not stay in the history.
  finishLogin(query).then(
    (returnTo) => router.replace(returnTo),
    (error) => element.replaceChildren(...explain(t, error)),
  );
  return { title: t("callback.title"), element };
}

/** @param {import("../i18n/language.js").Translate} t @param {unknown} error */
function explain(t, error) {
  const reference = error instanceof FunctionError && error.correlationId;
  return [
    h("h2", {}, t("callback.failed")),
    h("p", { class: "state state-error", role: "alert" }, reasonOf(t, error)),
    reference ? h("p", {}, t("callback.reference", { id: reference })) : "",
    h("a", { class: "button button-primary", href: "/" }, t("callback.again")),
  ];
}

/** @param {import("../i18n/language.js").Translate} t @param {unknown} error */
function reasonOf(t, error) {
  if (error instanceof LoginError) return t(`callback.${error.reason}`);
  if (error instanceof FunctionError && error.code === "RATE_LIMITED") {
    return t("callback.rateLimited", {
      minutes: Math.ceil((error.retryAfter ?? SECONDS_PER_MINUTE) / SECONDS_PER_MINUTE),
    });
  }
  return t(
    error instanceof FunctionError && error.code === "UNREACHABLE" ? "state.offline" : "callback.error",
  );
}

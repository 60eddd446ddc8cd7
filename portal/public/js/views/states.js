/** What a part of a page shows while its data load, if they fail to load, or if there are none. */
import { h } from "./dom.js";

/**
 * @typedef {import("../i18n/language.js").Translate} Translate
 * @typedef {{ element: HTMLElement, dispose: () => void }} Observed
 */

/** @param {Translate} t */
export function loading(t) {
  return h("p", { class: "state state-loading", role: "status" }, t("state.loading"));
}

/** @param {string} text */
export function empty(text) {
  return h("p", { class: "state state-empty" }, text);
}

/** @param {Translate} t @param {Error & { code?: string }} error @param {() => void} retry */
export function failure(t, error, retry) {
  const reason =
    error.code === "permission-denied" ? "state.denied" : navigator.onLine ? "state.error" : "state.offline";
  return h(
    "div",
    { class: "state state-error", role: "alert" },
    h("p", {}, t(reason)),
    h("button", { type: "button", class: "button", click: retry }, t("state.retry")),
  );
}

/** @param {Translate} t @param {"notFound" | "forbidden" | "superusersOnly"} kind */
export function deadEnd(t, kind) {
  const home = h("a", { class: "button", href: "/" }, t("notFound.home"));
  const element = h("div", {}, h("p", {}, t(`${kind}.text`)), h("p", {}, home));
  return { title: t(`${kind}.title`), element };
}

/**
 * A part of a page that follows data: it shows that it loads until the first value comes, and an error with a
 * retry button if the data fail.
 * @template Value
 * @param {Translate} t
 * @param {(onValue: (value: Value) => void, onError: (error: Error) => void) => (() => void)} subscribe
 * @param {(value: Value) => import("./dom.js").Child[]} render
 * @returns {Observed}
 */
export function observed(t, subscribe, render) {
  const element = h("div", { class: "observed" });
  let stop = () => {};
  function start() {
    stop();
    element.replaceChildren(loading(t));
    stop = subscribe(
      (value) => element.replaceChildren(h("div", {}, ...render(value))),
      (error) => element.replaceChildren(failure(t, error, start)),
    );
  }
  start();
  return { element, dispose: () => stop() };
}

/**
 * The same for data that are requested once.
 * @template Value
 * @param {Translate} t
 * @param {() => Promise<Value>} load
 * @param {(value: Value) => import("./dom.js").Child[]} render
 * @returns {Observed}
 */
export function loaded(t, load, render) {
  return observed(
    t,
    (onValue, onError) => {
      let wanted = true;
      load().then(
        (value) => wanted && onValue(value),
        (error) => wanted && onError(error),
      );
      return () => {
        wanted = false;
      };
    },
    render,
  );
}

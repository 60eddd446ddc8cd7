/** The frame around every page: name, navigation, language, log-out, and whether there is a connection. */
import { isOnline, watchConnection } from "../connection.js";
import { isStaff, isSuperuser } from "../stores/session_store.js";
import { h } from "./dom.js";
import { logInAgainButton } from "./log_in_again.js";

/**
 * @typedef {import("../i18n/language.js").Translate} Translate
 * @typedef {import("../stores/session_store.js").Session} Session
 *
 * @typedef {object} Shell
 * @property {(session: Session | null) => void} identify sets who is logged in, and with it the links that are shown
 * @property {(view: import("../application.js").View, path: string) => void} show
 * @property {() => Promise<void>} settle waits a moment for what the page saves
 * @property {(isWrong: boolean) => void} markTitle whether the page's title says that something is wrong
 * @property {() => boolean} isUnsaved whether something that was typed into the page would be lost
 * @property {(end: import("../session_watch.js").NearEnd | null) => void} warn says, or no longer says, that the
 *   session is about to end
 * @property {(isMore?: boolean) => boolean} mayLeave asks if something that was typed would be lost; `isMore`: also
 *   other things than the page's
 */

/** Milliseconds that nobody minds, and in which a save is usually done. */
const MOMENT = 2_000;

const MEMBER_LINKS = /** @type {const} */ ([
  ["/", "nav.dashboard"],
  ["/profile", "nav.profile"],
  ["/membership", "nav.membership"],
  ["/events", "nav.events"],
]);
const STAFF_LINKS = /** @type {const} */ ([
  ["/admin", "nav.overview"],
  ["/admin/members", "nav.members"],
  ["/admin/sync", "nav.sync"],
]);
const SUPERUSER_LINKS = /** @type {const} */ ([["/admin/roles", "nav.roles"]]);

/**
 * @param {HTMLElement} root
 * @param {Translate} t
 * @param {{ onLogOut: () => void, onLogInAgain: () => Promise<void>, onLanguage: () => void }} actions
 * @returns {Shell}
 */
export function createShell(root, t, { onLogOut, onLogInAgain, onLanguage }) {
  const heading = h("h1", { tabindex: "-1", id: "heading" });
  const content = h("div", { class: "content" });
  const offline = h("p", { class: "offline", role: "status", hidden: isOnline() }, t("app.offline"));
  watchConnection((isBack) => {
    offline.hidden = isBack;
  });
  const sessionEnd = sessionEndView(t, onLogInAgain);
  const navigation = h("nav", { class: "menu", "aria-label": t("app.menu") });
  const logOut = quietButton(t("app.logout"), onLogOut);
  const language = quietButton(t("app.language"), onLanguage);
  language.lang = t("app.language") === "English" ? "en" : "is";
  root.replaceChildren(
    h("a", { class: "skip", href: "#heading" }, t("app.skip")),
    h(
      "header",
      { class: "banner" },
      h("a", { class: "brand", href: "/" }, t("app.name")),
      navigation,
      h("div", { class: "tools" }, language, logOut),
    ),
    h("main", {}, sessionEnd.element, offline, heading, content),
    h("footer", {}, h("p", {}, t("app.footer"))),
  );
  /** @type {Partial<import("../application.js").View>} */
  let current = {};
  const isUnsaved = () => current.isUnsaved?.() === true;
  /** @param {boolean} isWrong */
  function markTitle(isWrong) {
    const title = `${current.title} – ${t("app.name")}`;
    document.title = isWrong ? `${t("errors.prefix")} ${title}` : title;
  }
  return {
    async settle() {
      await Promise.race([current.settle?.(), new Promise((resolve) => setTimeout(resolve, MOMENT))]);
    },
    isUnsaved,
    markTitle,
    mayLeave: (isMore = false) => !(isMore || isUnsaved()) || confirm(t("leave.unsaved")),
    warn: sessionEnd.warn,
    identify(session) {
      logOut.hidden = session === null;
      navigation.hidden = session === null;
      navigation.replaceChildren(...links(t, session));
      markCurrent(navigation, location.pathname);
    },
    show(view, path) {
      current.dispose?.();
      current = view;
      markTitle(false);
      heading.textContent = view.title;
      content.replaceChildren(view.element);
      markCurrent(navigation, path);
      heading.focus({ preventScroll: true });
      window.scrollTo(0, 0);
    },
  };
}

/** @param {string} text @param {() => void} click */
function quietButton(text, click) {
  return h("button", { type: "button", class: "button button-quiet", click }, text);
}

/** The warning before the session ends. @param {Translate} t @param {() => Promise<void>} onLogInAgain */
function sessionEndView(t, onLogInAgain) {
  const element = h("div", { class: "session-end", role: "alert", hidden: true });
  /** @type {import("../session_watch.js").NearEnd | null} */
  let told = null;
  const words = {
    // A click on the button is as good as any key: the session is used.
    warned: () => [
      h("p", {}, t("session.near")),
      h("button", { type: "button", class: "button" }, t("session.stay")),
    ],
    ending: () => [h("p", {}, t("session.ending")), logInAgainButton(t, onLogInAgain)],
  };
  return {
    element,
    /** @param {typeof told} end */
    warn(end) {
      if (end === told) return;
      told = end;
      element.hidden = end === null;
      element.replaceChildren(...(end ? words[end]() : []));
    },
  };
}

/** @param {Translate} t @param {Session | null} session */
function links(t, session) {
  const shown = [
    ...MEMBER_LINKS,
    ...(session && isStaff(session) ? STAFF_LINKS : []),
    ...(session && isSuperuser(session) ? SUPERUSER_LINKS : []),
  ];
  return shown.map(([href, phrase]) => h("a", { href }, t(phrase)));
}

/** @param {HTMLElement} navigation @param {string} path */
function markCurrent(navigation, path) {
  for (const link of navigation.querySelectorAll("a")) {
    if (link.pathname === path) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
}

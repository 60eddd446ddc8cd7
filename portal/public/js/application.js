/** The portal as a whole: who is logged in, which page belongs to the location, and who may see it. */
import { followSession } from "./current_session.js";
import { createDraftStore } from "./drafts.js";
import { chosenLanguage, chooseLanguage, translator } from "./i18n/language.js";
import { createRouter } from "./router.js";
import { dependsOnRights } from "./routes.js";
import { reasonOfEnd, watchSession } from "./session_watch.js";
import { isSame } from "./standing.js";
import { createEventStore } from "./stores/event_store.js";
import { createIdentityStore } from "./stores/identity_store.js";
import { beginLogin, readAnswer } from "./stores/kenni_login.js";
import { createMemberStore } from "./stores/member_store.js";
import { createRegisterStore } from "./stores/register_store.js";
import { createRoleStore } from "./stores/role_store.js";
import { createSearchWords } from "./stores/search_words.js";
import { createSessionMarks } from "./stores/session_marks.js";
import { createSessionStore, isStaff, isSuperuser } from "./stores/session_store.js";
import { createSyncStore } from "./stores/sync_store.js";
import { PAGES } from "./pages.js";
import { loginView } from "./views/login_view.js";
import { watchPresses, whenReleased } from "./views/press.js";
import { createShell } from "./views/shell_view.js";
import { deadEnd } from "./views/states.js";

/**
 * @typedef {import("./stores/session_store.js").Session} Session
 *
 * @typedef {object} Stores
 * @property {import("./stores/session_store.js").SessionStore} session
 * @property {import("./drafts.js").DraftStore} drafts
 * @property {import("./stores/event_store.js").EventStore} events
 * @property {import("./stores/identity_store.js").IdentityStore} identity
 * @property {import("./stores/member_store.js").MemberStore} member
 * @property {import("./stores/register_store.js").RegisterStore} register
 * @property {import("./stores/role_store.js").RoleStore} roles
 * @property {import("./stores/search_words.js").SearchWords} searchWords
 * @property {import("./stores/sync_store.js").SyncStore} sync
 *
 * @typedef {object} Context what each page receives
 * @property {import("./i18n/language.js").Translate} t
 * @property {import("./i18n/language.js").Language} language
 * @property {Stores} stores
 * @property {import("./router.js").Router} router
 * @property {import("./configuration.js").Configuration["office"]} office
 * @property {Record<string, string>} params of the path
 * @property {(view: View) => void} show another view instead of the page's own
 * @property {(isWrong: boolean) => void} markTitle whether the page's title says that something is wrong
 * @property {import("./i18n/language.js").Phrase | null} notice why the last session ended, if nobody ended it
 * @property {string | null} admin the address of the Django admin
 * @property {(returnTo: string) => Promise<void>} logIn leaves for Kenni.is
 * @property {(query: string) => Promise<string>} finishLogin returns the page to go back to
 *
 * @typedef {Context & { session: Session }} MemberContext
 *
 * @typedef {object} View
 * @property {string} title
 * @property {HTMLElement} element
 * @property {() => Promise<void>} [settle] saves what waits, as far as it can be saved now
 * @property {() => boolean} [isUnsaved] whether something that was typed is lost when the person leaves the page
 * @property {() => void} [dispose] called when the person leaves the page
 */

/**
 * @param {HTMLElement} root
 * @param {import("./configuration.js").Configuration} configuration
 * @param {import("./firebase_services.js").Firebase} firebase
 */
export function startApplication(root, configuration, firebase) {
  watchPresses();
  const language = chosenLanguage();
  const t = translator(language);
  const stores = createStores(configuration, firebase);
  document.documentElement.lang = language;
  const shell = createShell(root, t, {
    async onLogOut() {
      await shell.settle();
      if (!shell.mayLeave(!stores.drafts.isEmpty())) return;
      await stores.session.logOut();
      router.navigate("/");
    },
    async onLogInAgain() {
      await shell.settle();
      await beginLogin(configuration.kenni, location.pathname + location.search);
    },
    async onLanguage() {
      chooseLanguage(language === "is" ? "en" : "is");
      await shell.settle();
      location.reload();
    },
  });
  const router = createRouter((match, path) => {
    const params = match?.params ?? {};
    const logIn = (/** @type {string} */ returnTo) => beginLogin(configuration.kenni, returnTo);
    const show = (/** @type {View} */ view) => shell.show(view, path);
    const { office, admin = null } = configuration;
    const actions = { router, show, markTitle: shell.markTitle, logIn, finishLogin };
    show(pageFor(match, { t, language, stores, office, admin, params, notice, ...actions }, session ?? null));
  }, shell.mayLeave);

  /** @type {Session | null | undefined} undefined: not known yet */
  let session;
  /** @type {Context["notice"]} */
  let notice = null;
  const current = followSession(stores, (next) => {
    const before = session;
    session = next;
    if (before !== undefined && isSame(before, next)) return;
    notice = before && !next ? reasonOfEnd(stores.session.marks) : null;
    shell.identify(next);
    if (before === undefined || changesPage(before, next)) router.show();
  });

  /**
   * Whether the page shows something else by now. Nobody who types is disturbed for getting more rights.
   * @param {Session | null} before
   * @param {Session | null} next
   */
  function changesPage(before, next) {
    if (before?.kennitala !== next?.kennitala) return location.pathname !== "/callback";
    const isLess = before?.roles.some((role) => !next?.roles.includes(role));
    return dependsOnRights(location.pathname) && (isLess || !shell.isUnsaved());
  }

  /** @param {string} query */
  async function finishLogin(query) {
    const answer = readAnswer(query, configuration.kenni.issuerUrl);
    current.begin(await stores.session.logIn(answer));
    return answer.returnTo;
  }

  endUnused(stores.session, shell, () => Boolean(session));
}

/**
 * Logs out somebody who has left the computer, after a warning.
 * @param {import("./stores/session_store.js").SessionStore} store
 * @param {import("./views/shell_view.js").Shell} shell
 * @param {() => boolean} isLoggedIn
 */
function endUnused(store, shell, isLoggedIn) {
  /** @type {Promise<void> | null} */
  let ending = null;
  watchSession(store.marks, isLoggedIn, {
    onNear: (end) => whenReleased(() => shell.warn(end)),
    onOver() {
      ending ??= shell
        .settle()
        .then(store.logOut)
        .finally(() => (ending = null));
    },
  });
}

/**
 * @param {import("./configuration.js").Configuration} configuration
 * @param {import("./firebase_services.js").Firebase} firebase
 * @returns {Stores}
 */
function createStores({ functions }, firebase) {
  const identity = createIdentityStore();
  const drafts = createDraftStore();
  const searchWords = createSearchWords();
  return {
    session: createSessionStore(firebase, functions, { identity, drafts, searchWords }, createSessionMarks()),
    drafts,
    searchWords,
    events: createEventStore(firebase),
    identity,
    member: createMemberStore(firebase, functions),
    register: createRegisterStore(firebase, functions),
    roles: createRoleStore(firebase, functions),
    sync: createSyncStore(firebase, functions),
  };
}

/**
 * @param {import("./routes.js").Match | null} match
 * @param {Context} context
 * @param {Session | null} session
 * @returns {View}
 */
function pageFor(match, context, session) {
  if (match === null) return deadEnd(context.t, "notFound");
  const { audience, page } = match.route;
  if (audience !== "anyone" && session === null) return loginView(context);
  if (audience === "staff" && session && !isStaff(session)) return deadEnd(context.t, "forbidden");
  if (audience === "superuser" && session && !isSuperuser(session)) {
    return deadEnd(context.t, "superusersOnly");
  }
  return PAGES[page](/** @type {MemberContext} */ ({ ...context, session }));
}

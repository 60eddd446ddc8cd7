/** The portal as a whole: who is logged in, which page belongs to the location, and who may see it. */
import { createDraftStore } from "./drafts.js";
import { chosenLanguage, chooseLanguage, translator } from "./i18n/language.js";
import { createRouter } from "./router.js";
import { createEventStore } from "./stores/event_store.js";
import { createIdentityStore } from "./stores/identity_store.js";
import { beginLogin, readAnswer } from "./stores/kenni_login.js";
import { createMemberStore } from "./stores/member_store.js";
import { createRegisterStore } from "./stores/register_store.js";
import { createRoleStore } from "./stores/role_store.js";
import { createSessionStore, isStaff, isSuperuser } from "./stores/session_store.js";
import { createSyncStore } from "./stores/sync_store.js";
import { PAGES } from "./pages.js";
import { loginView } from "./views/login_view.js";
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
 * @property {import("./stores/sync_store.js").SyncStore} sync
 *
 * @typedef {object} Context what each page receives
 * @property {import("./i18n/language.js").Translate} t
 * @property {import("./i18n/language.js").Language} language
 * @property {Stores} stores
 * @property {import("./router.js").Router} router
 * @property {Record<string, string>} params of the path
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
    async onLanguage() {
      chooseLanguage(language === "is" ? "en" : "is");
      await shell.settle();
      location.reload();
    },
  });
  /** @type {Session | null} */
  let session = null;
  const router = createRouter((match, path) => {
    const params = match?.params ?? {};
    const logIn = (/** @type {string} */ returnTo) => beginLogin(configuration.kenni, returnTo);
    const context = { t, language, stores, router, params, logIn, finishLogin };
    shell.show(pageFor(match, path, context, session), path);
  }, shell.mayLeave);

  /** @param {string} query */
  async function finishLogin(query) {
    const answer = readAnswer(query, configuration.kenni.issuerUrl);
    identify(await stores.session.logIn(answer));
    return answer.returnTo;
  }

  /** @param {Session | null} current */
  function identify(current) {
    session = current;
    shell.identify(current);
  }

  let begun = false;
  stores.session.watch((current) => {
    // A renewed token of the same person must not disturb what they are typing.
    const samePerson = begun && current?.kennitala === session?.kennitala;
    identify(current);
    if (!samePerson && !(begun && location.pathname === "/callback")) router.show();
    begun = true;
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
  return {
    session: createSessionStore(firebase, functions, identity, drafts),
    drafts,
    events: createEventStore(firebase),
    identity,
    member: createMemberStore(firebase, functions),
    register: createRegisterStore(firebase),
    roles: createRoleStore(firebase, functions),
    sync: createSyncStore(firebase, functions),
  };
}

/**
 * @param {import("./routes.js").Match | null} match
 * @param {string} path
 * @param {Context} context
 * @param {Session | null} session
 * @returns {View}
 */
function pageFor(match, path, context, session) {
  if (match === null) return deadEnd(context.t, "notFound");
  const { audience, page } = match.route;
  if (audience !== "anyone" && session === null) return loginView(context, path);
  if (audience === "staff" && session && !isStaff(session)) return deadEnd(context.t, "forbidden");
  if (audience === "superuser" && session && !isSuperuser(session)) {
    return deadEnd(context.t, "superusersOnly");
  }
  return PAGES[page](/** @type {MemberContext} */ ({ ...context, session }));
}

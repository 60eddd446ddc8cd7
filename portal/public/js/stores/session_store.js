/**
 * Who is logged in: the claims that the functions put into the Firebase token. Firebase keeps the log-in for all tabs,
 * and for longer than the browser is open; without the mark of this run of the browser it is no log-in.
 */
import { onIdTokenChanged, signInWithCustomToken, signOut } from "firebase/auth";
import { standingOf } from "../standing.js";
import { call, post } from "./function_calls.js";

/**
 * @typedef {object} Session
 * @property {string} kennitala
 * @property {string[]} roles of member, admin, superuser
 * @property {boolean} isMember
 * @property {number} loggedInAt milliseconds since 1970; a renewed token keeps it
 *
 * @typedef {import("../standing.js").Standing} Standing
 * @typedef {{ status: Standing, verified: boolean, kennitala: string }} Membership kennitala is masked
 *
 * @typedef {object} SessionStore
 * @property {(onSession: (session: Session | null) => void) => void} watch
 * @property {(answer: import("./kenni_login.js").Answer) => Promise<Session>} logIn
 * @property {() => Promise<void>} logOut
 * @property {import("./session_marks.js").SessionMarks} marks
 * @property {() => Promise<Membership>} verifyMembership asks the register, then renews the session's claims
 */

const STAFF_ROLES = ["admin", "superuser"];

/** @param {Session} session */
export function isStaff(session) {
  return session.roles.some((role) => STAFF_ROLES.includes(role));
}

/** @param {Session} session */
export function isSuperuser(session) {
  return session.roles.includes("superuser");
}

/**
 * @param {import("../firebase_services.js").Firebase} firebase
 * @param {Record<string, string>} functions URLs
 * @param {object} kept what the tab keeps of the person
 * @param {import("./identity_store.js").IdentityStore} kept.identity
 * @param {import("../drafts.js").DraftStore} kept.drafts
 * @param {import("./search_words.js").SearchWords} kept.searchWords
 * @param {import("./session_marks.js").SessionMarks} marks
 * @returns {SessionStore}
 */
export function createSessionStore({ auth }, functions, kept, marks) {
  const ready = auth.authStateReady().then(() => (marks.isThere() ? undefined : signOut(auth)));

  /** The person logged out, in this tab or another one: nothing of theirs stays in the tab. */
  function forget() {
    Object.values(kept).forEach((store) => store.forget());
  }
  return {
    marks,
    watch(onSession) {
      const listen = () =>
        onIdTokenChanged(auth, async (user) => {
          if (!user && !marks.isThere()) forget();
          const session = user ? await readSession(user) : null;
          if (auth.currentUser === user) onSession(session);
        });
      void ready.then(listen);
    },
    async logIn({ code, verifier, nonce }) {
      await ready;
      const body = { kenniAuthCode: code, pkceCodeVerifier: verifier, nonce };
      const { customToken, identity } = await post(functions.handleKenniAuth, body);
      marks.begin();
      const { user } = await signInWithCustomToken(auth, customToken);
      const session = await readSession(user);
      kept.identity.keep(session.kennitala, identity);
      return session;
    },
    logOut() {
      marks.end();
      forget();
      return signOut(auth);
    },
    async verifyMembership() {
      const { isMember, status, verified, kennitala } = await call(auth, functions.verifyMembership);
      await auth.currentUser?.getIdToken(true);
      // A function of an earlier release says no more than whether somebody is a member.
      const standing = standingOf({ membership: { status: status ?? (isMember ? "active" : null) } });
      return { status: standing, verified, kennitala };
    },
  };
}

/** @param {import("firebase/auth").User} user @returns {Promise<Session>} */
async function readSession(user) {
  const { claims } = await user.getIdTokenResult();
  return {
    kennitala: String(claims.kennitala ?? ""),
    roles: Array.isArray(claims.roles) ? claims.roles : [],
    isMember: claims.isMember === true,
    loggedInAt: 1000 * Number(claims.auth_time ?? 0),
  };
}

/** Who is logged in: the claims that the functions put into the Firebase token. */
import { onIdTokenChanged, signInWithCustomToken, signOut } from "firebase/auth";
import { call, post } from "./function_calls.js";

/**
 * @typedef {object} Session
 * @property {string} kennitala
 * @property {string[]} roles of member, admin, superuser
 * @property {boolean} isMember
 * @property {number} loggedInAt milliseconds since 1970; a renewed token keeps it
 *
 * @typedef {{ isMember: boolean, verified: boolean, kennitala: string }} Membership kennitala is masked
 *
 * @typedef {object} SessionStore
 * @property {(onSession: (session: Session | null) => void) => () => void} watch
 * @property {(answer: import("./kenni_login.js").Answer) => Promise<Session>} logIn
 * @property {() => Promise<void>} logOut
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
 * @param {import("./identity_store.js").IdentityStore} identityStore
 * @param {import("../drafts.js").DraftStore} drafts
 * @returns {SessionStore}
 */
export function createSessionStore({ auth }, functions, identityStore, drafts) {
  return {
    watch: (onSession) =>
      onIdTokenChanged(auth, async (user) => onSession(user ? await readSession(user) : null)),
    async logIn({ code, verifier, nonce }) {
      const body = { kenniAuthCode: code, pkceCodeVerifier: verifier, nonce };
      const { customToken, identity } = await post(functions.handleKenniAuth, body);
      const { user } = await signInWithCustomToken(auth, customToken);
      const session = await readSession(user);
      identityStore.keep(session.kennitala, identity);
      return session;
    },
    logOut() {
      identityStore.forget();
      drafts.forget();
      return signOut(auth);
    },
    async verifyMembership() {
      const membership = await call(auth, functions.verifyMembership);
      await auth.currentUser?.getIdToken(true);
      return membership;
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

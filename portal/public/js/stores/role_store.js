/** Who has which role, who changed that, and the change itself; for superusers. */
import { collection, doc, getDocFromServer, limit, orderBy, query, where } from "firebase/firestore";
import { maskKennitala, parseKennitala } from "../formats/kennitala.js";
import { ROLES } from "../roles.js";
import { call } from "./function_calls.js";
import { watchQuery } from "./live.js";

/**
 * @typedef {import("./member_store.js").Member} Member
 * @typedef {import("../roles.js").Role} Role
 * @typedef {{ at: Date | undefined, by: string, whom: string, before: Role[], after: Role[] }} Change
 *   persons by their name, or by their masked kennitala if they are in the register no more
 *
 * @typedef {object} RoleStore
 * @property {(onMembers: (members: Member[]) => void, onError: (error: Error) => void) => () => void} watchHolders
 *   everybody whose document names a role, also if it does not count because they are not active
 * @property {(onChanges: (changes: Change[]) => void, onError: (error: Error) => void) => () => void} watchChanges
 *   the newest changes, newest first
 * @property {(kennitala: string, role: Role, granted: boolean) => Promise<void>} set
 */

/** The most documents that are listened to at once. */
const SHOWN = 50;

/**
 * @param {import("../firebase_services.js").Firebase} firebase
 * @param {Record<string, string>} functions URLs
 * @returns {RoleStore}
 */
export function createRoleStore({ auth, db }, functions) {
  const holders = query(collection(db, "members"), where("roles", "array-contains-any", ROLES), limit(SHOWN));
  const changes = query(collection(db, "role_changes"), orderBy("at", "desc"), limit(SHOWN));
  const nameOf = rememberedNames(db);
  return {
    watchHolders: (onMembers, onError) =>
      watchQuery(holders, (docs) => onMembers(docs.map((snapshot) => snapshot.data())), onError),

    watchChanges: (onChanges, onError) =>
      watchQuery(
        changes,
        (docs) => void Promise.all(docs.map((entry) => told(entry.data(), nameOf))).then(onChanges, onError),
        onError,
      ),

    async set(kennitala, role, granted) {
      await call(auth, functions.setmemberrole, { kennitala, role, granted });
    },
  };
}

/**
 * @param {Record<string, any>} entry
 * @param {(kennitala: string) => Promise<string>} nameOf
 * @returns {Promise<Change>}
 */
async function told(entry, nameOf) {
  const [by, whom] = await Promise.all([nameOf(entry.by), nameOf(entry.kennitala)]);
  return { at: entry.at?.toDate(), by, whom, before: entry.before, after: entry.after };
}

/** Names by kennitala, each looked up once; what is no kennitala stays as it is. @param {any} db */
function rememberedNames(db) {
  /** @type {Map<string, Promise<string>>} */
  const names = new Map();
  /** @param {string} kennitala */
  async function lookUp(kennitala) {
    const member = await getDocFromServer(doc(db, "members", kennitala));
    return member.data()?.name ?? maskKennitala(kennitala);
  }
  return (/** @type {string} */ who) => {
    const found = names.get(who) ?? (parseKennitala(who) ? lookUp(who) : Promise.resolve(who));
    names.set(who, found);
    return found;
  };
}

/** The whole register, as staff see it: pages of members, and one by its Django id. */
import {
  collection,
  endAt,
  getCountFromServer,
  getDocs,
  limit,
  onSnapshot,
  orderBy,
  query,
  startAfter,
  startAt,
  where,
} from "/vendor/firebase/firebase-firestore.js";

/**
 * @typedef {import("./member_store.js").Member} Member
 * @typedef {import("./search_terms.js").Search} Search
 * @typedef {import("/vendor/firebase/firebase-firestore.js").QueryDocumentSnapshot} Cursor
 * @typedef {{ members: Member[], next: Cursor | null }} Page
 *
 * @typedef {object} RegisterStore
 * @property {(search: Search, status: string, after: Cursor | null) => Promise<Page>} page
 * @property {(djangoId: number, onMember: (member: Member | null) => void,
 *   onError: (error: Error) => void) => () => void} watch
 * @property {() => Promise<Record<string, number>>} countByStatus
 */

export const PAGE_SIZE = 50;
export const STATUSES = ["active", "suspended", "left"];

/** The last character of Unicode's basic plane: a prefix followed by it comes after all that begin so. */
const AFTER_ALL = "\uf8ff";

/**
 * @param {import("../firebase_services.js").Firebase} firebase
 * @returns {RegisterStore}
 */
export function createRegisterStore({ db }) {
  const members = collection(db, "members");
  return {
    async page(search, status, after) {
      const filter = status ? [where("membership.status", "==", status)] : [];
      const oneMore = limit(PAGE_SIZE + 1); // Tells whether there is a next page.
      const { docs } = await getDocs(query(members, ...filter, ...searchParts(search, after), oneMore));
      const shown = docs.slice(0, PAGE_SIZE);
      return {
        members: shown.map((snapshot) => snapshot.data()),
        next: docs.length > PAGE_SIZE ? shown[shown.length - 1] : null,
      };
    },

    watch: (djangoId, onMember, onError) =>
      onSnapshot(
        query(members, where("membership.djangoId", "==", djangoId), limit(1)),
        ({ docs }) => onMember(docs[0]?.data() ?? null),
        onError,
      ),

    async countByStatus() {
      const counts = STATUSES.map(async (status) => {
        const answer = await getCountFromServer(query(members, where("membership.status", "==", status)));
        return /** @type {[string, number]} */ ([status, answer.data().count]);
      });
      return Object.fromEntries(await Promise.all(counts));
    },
  };
}

/**
 * @param {Search} search
 * @param {Cursor | null} after
 * @returns {import("/vendor/firebase/firebase-firestore.js").QueryConstraint[]}
 */
function searchParts({ by, term }, after) {
  if (by === "kennitala") return [where("kennitala", "==", term)];
  const parts = [orderBy(by === "email" ? "profile.email" : "name")];
  const begin = after ? startAfter(after) : startAt(term);
  return term === "" && !after ? parts : [...parts, begin, ...(term === "" ? [] : [endAt(term + AFTER_ALL)])];
}

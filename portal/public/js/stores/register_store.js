/** The whole register, as staff see it: pages of members, and one by its Django id. */
import {
  and,
  collection,
  endAt,
  getCountFromServer,
  getDocsFromServer,
  limit,
  or,
  orderBy,
  query,
  startAfter,
  startAt,
  where,
} from "firebase/firestore";
import { valueAt } from "../contact_fields.js";
import { districtOf, rangesOf } from "../districts.js";
import { STATUSES } from "../synced_fields.js";
import { filledPage } from "./filled_page.js";
import { numberedPages } from "./numbered_pages.js";
import { watchQuery } from "./live.js";

/**
 * @typedef {import("./member_store.js").Member} Member
 * @typedef {import("./search_terms.js").Search} Search
 * @typedef {import("firebase/firestore").QueryDocumentSnapshot} Cursor
 * @typedef {{ members: Member[], isLast: boolean }} Page
 * @typedef {import("../districts.js").District} District
 * @typedef {{ status: string, district: District | "" }} Filter an empty text means all
 *
 * @typedef {object} RegisterStore
 * @property {(search: Search, filter: Filter, number: number) => Promise<Page>} page by its number, from 1
 * @property {(djangoId: number, onMember: (member: Member | null) => void,
 *   onError: (error: Error) => void) => () => void} watch
 * @property {() => Promise<Record<string, number>>} countByStatus
 */

export const PAGE_SIZE = 50;

const POSTAL_CODE = "profile.address.postalcode";

/** The end of Unicode's private use area: a prefix followed by it sorts after all texts with that prefix. */
const AFTER_ALL = "\uf8ff";

/**
 * @param {import("../firebase_services.js").Firebase} firebase
 * @returns {RegisterStore}
 */
export function createRegisterStore({ db }) {
  const members = collection(db, "members");
  /** @type {ReturnType<typeof numberedPages<Cursor>>} */
  const pages = numberedPages();
  return {
    async page(search, filter, number) {
      const ask = async (/** @type {Cursor | null} */ last, /** @type {number} */ count) =>
        (await getDocsFromServer(questionOf(members, search, filter, last, count))).docs;
      const { items, isLast } = await pages.page(JSON.stringify([search, filter]), number, (after) =>
        filledPage({ ask, belongs: (snapshot) => isWithin(snapshot, filter), after, size: PAGE_SIZE }),
      );
      return { members: items.map((snapshot) => snapshot.data()), isLast };
    },

    watch: (djangoId, onMember, onError) =>
      watchQuery(
        query(members, where("membership.djangoId", "==", djangoId), limit(1)),
        (docs) => onMember(docs[0]?.data() ?? null),
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
 * @param {import("firebase/firestore").CollectionReference} members
 * @param {Search} search
 * @param {Filter} filter
 * @param {Cursor | null} after
 * @param {number} count of members at most
 */
function questionOf(members, search, filter, after, count) {
  const filters = filtersOf(search, filter);
  const order = [...orderOf(search, after), limit(count)];
  return filters.length > 0 ? query(members, and(...filters), ...order) : query(members, ...order);
}

/** @param {Search} search @param {Filter} filter */
function filtersOf({ by, term }, { status, district }) {
  const within = district ? rangesOf(district) : [];
  const ranges = within.map(([from, to]) =>
    and(where(POSTAL_CODE, ">=", from), where(POSTAL_CODE, "<=", to)),
  );
  return [
    ...(status ? [where("membership.status", "==", status)] : []),
    ...(by === "kennitala" ? [where("kennitala", "==", term)] : []),
    ...(by !== "kennitala" && district ? [or(...ranges)] : []),
  ];
}

/** @param {Search} search @param {Cursor | null} after */
function orderOf({ by, term }, after) {
  if (by === "kennitala") return [];
  const order = orderBy(by === "email" ? "profile.email" : "name");
  const begin = after ? startAfter(after) : startAt(term);
  return term === "" && !after ? [order] : [order, begin, ...(term === "" ? [] : [endAt(term + AFTER_ALL)])];
}

/** Ranges compare texts, so they contain foreign codes too. @param {Cursor} member @param {Filter} filter */
function isWithin(member, { district }) {
  return !district || districtOf(valueAt(member.data(), POSTAL_CODE)) === district;
}

/** The whole register, as staff see it: a search in pages, and one member by the Django id. */
import { collection, getCountFromServer, limit, query, where } from "firebase/firestore";
import { rangesOf } from "../districts.js";
import { STATUSES } from "../synced_fields.js";
import { call } from "./function_calls.js";
import { watchQuery } from "./live.js";

/**
 * @typedef {import("./member_store.js").Member} Member
 * @typedef {import("../districts.js").District} District
 * @typedef {{ text: string, status: string, district: District | "", page: number }} Search
 *   an empty text means all; the first page is 1
 * @typedef {{ djangoId: number | null, name: string, kennitala: string, email: string, phone: string,
 *   city: string, status: string }} FoundMember the kennitala is masked
 * @typedef {{ total: number, members: FoundMember[], limited: boolean }} Page
 *   `limited`: the register cannot be reached, so only a whole kennitala was looked up
 *
 * @typedef {object} RegisterStore
 * @property {(search: Search) => Promise<Page>} page
 * @property {(djangoId: number, onMember: (member: Member | null) => void,
 *   onError: (error: Error) => void) => () => void} watch
 * @property {() => Promise<Record<string, number>>} countByStatus
 */

/** Members on a page, as the register has them (`linode/backend/sync/search_view.py`). */
export const PAGE_SIZE = 50;

/**
 * @param {import("../firebase_services.js").Firebase} firebase
 * @param {Record<string, string>} functions URLs
 * @returns {RegisterStore}
 */
export function createRegisterStore({ auth, db }, functions) {
  const members = collection(db, "members");
  return {
    page: ({ text, status, district, page }) =>
      call(auth, functions.searchmembers, { text, status, postal_codes: codesOf(district), page }),

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

/** @param {District | ""} district */
function codesOf(district) {
  return district ? rangesOf(district).map(([first, last]) => ({ first, last })) : [];
}

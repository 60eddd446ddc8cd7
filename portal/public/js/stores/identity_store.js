/**
 * The data that came from the electronic ID at the log-in. Only this tab keeps them, and only while the person
 * is logged in. They give no rights: a value that a member takes over is checked like any change they ask for.
 */

const STORAGE_KEY = "electronic-id";

/**
 * @typedef {import("../identity_offers.js").Identity} Identity
 * @typedef {import("../identity_offers.js").Offer} Offer
 *
 * @typedef {object} IdentityStore
 * @property {(kennitala: string, identity: Identity) => void} keep
 * @property {(kennitala: string) => Identity | null} read null: there are no data of this person
 * @property {(offer: Offer) => void} decline until the next log-in
 * @property {(offer: Offer) => boolean} isDeclined
 * @property {() => void} forget
 */

/** @param {Storage} [storage] @returns {IdentityStore} */
export function createIdentityStore(storage = sessionStorage) {
  /** @type {{ kennitala?: string, identity?: Identity, declined?: string[] }} */
  let kept = JSON.parse(storage.getItem(STORAGE_KEY) ?? "{}");
  /** @param {typeof kept} next */
  function put(next) {
    kept = next;
    storage.setItem(STORAGE_KEY, JSON.stringify(kept));
  }
  return {
    keep: (kennitala, identity) => put({ kennitala, identity }),
    read: (kennitala) => (kept.kennitala === kennitala ? (kept.identity ?? null) : null),
    decline: ({ path }) => put({ ...kept, declined: [...(kept.declined ?? []), path] }),
    isDeclined: ({ path }) => kept.declined?.includes(path) ?? false,
    forget() {
      kept = {};
      storage.removeItem(STORAGE_KEY);
    },
  };
}

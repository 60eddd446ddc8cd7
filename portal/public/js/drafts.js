/**
 * What a person typed into their own details and is not known to be saved. Only this tab keeps it, so it is there
 * after a reload, and until the person logs out. With each text goes what the page showed then: hours later the
 * edit still says what it was made on.
 */

const STORAGE_KEY = "drafts";

/**
 * @typedef {import("./contact_fields.js").FieldValue} FieldValue
 * @typedef {{ typed: string | boolean, seen: unknown, sent: FieldValue[] }} Draft `sent`: values that may have
 *   been written meanwhile; who typed them knows them
 *
 * @typedef {object} Drafts of one person
 * @property {() => [string, Draft][]} all by dotted path
 * @property {(path: string, typed: string | boolean, seen: unknown) => void} put
 * @property {(values: Record<string, FieldValue>) => void} send notes what is sent now
 * @property {(path: string) => FieldValue[]} sent
 * @property {(isUnsaved: (path: string) => boolean) => void} retain forgets the others
 *
 * @typedef {object} DraftStore
 * @property {(kennitala: string) => Drafts} of another person's are not there
 * @property {() => boolean} isEmpty
 * @property {() => void} forget
 */

/** @param {Storage} [storage] @returns {DraftStore} */
export function createDraftStore(storage = sessionStorage) {
  /** @type {{ kennitala?: string, drafts: Record<string, Draft> }} */
  let kept = JSON.parse(storage.getItem(STORAGE_KEY) ?? '{"drafts":{}}');

  /** @param {string} kennitala @param {Record<string, Draft>} drafts */
  function keep(kennitala, drafts) {
    kept = { kennitala, drafts };
    storage.setItem(STORAGE_KEY, JSON.stringify(kept));
  }
  /** @param {string} kennitala */
  const draftsOf = (kennitala) => (kept.kennitala === kennitala ? kept.drafts : {});
  return {
    of: (kennitala) => ({
      all: () => Object.entries(draftsOf(kennitala)),
      put(path, typed, seen) {
        const sent = draftsOf(kennitala)[path]?.sent ?? [];
        keep(kennitala, { ...draftsOf(kennitala), [path]: { typed, seen, sent } });
      },
      send(values) {
        const drafts = Object.entries(draftsOf(kennitala)).map(([path, draft]) => [
          path,
          path in values ? { ...draft, sent: [...draft.sent, values[path]] } : draft,
        ]);
        keep(kennitala, Object.fromEntries(drafts));
      },
      sent: (path) => draftsOf(kennitala)[path]?.sent ?? [],
      retain(isUnsaved) {
        const unsaved = Object.entries(draftsOf(kennitala)).filter(([path]) => isUnsaved(path));
        keep(kennitala, Object.fromEntries(unsaved));
      },
    }),
    isEmpty: () => Object.keys(kept.drafts).length === 0,
    forget() {
      kept = { drafts: {} };
      storage.removeItem(STORAGE_KEY);
    },
  };
}

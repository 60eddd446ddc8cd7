/**
 * Follows the queue entry of a member's newest edit until the register's other half has it.
 * @param {import("../stores/member_store.js").MemberStore} store
 * @param {(status: import("../stores/member_store.js").EditStatus | null) => void} show
 */
export function watchLastEdit(store, show) {
  /** @type {string | undefined} */
  let current;
  let dispose = () => {};
  return {
    /** @param {string | undefined} entryId */
    follow(entryId) {
      if (!entryId || entryId === current) return;
      current = entryId;
      dispose();
      dispose = store.watchEdit(entryId, show);
    },
    dispose: () => dispose(),
  };
}

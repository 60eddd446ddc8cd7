/**
 * The fields of a member's own form. Changes by staff appear in them, except in one that has the focus or a value
 * that is not saved yet. What is typed is kept until it is saved (`drafts.js`).
 */
import { createAutosave } from "../autosave.js";
import { isOnline } from "../connection.js";
import { CONTACT_FIELDS, valueAt } from "../contact_fields.js";
import { shownState } from "../save_state.js";
import { changedValues, OvertakenError } from "../seen_values.js";
import { contactFieldView } from "./contact_field_view.js";
import { whenReleased } from "./press.js";

/**
 * @typedef {import("../application.js").MemberContext} MemberContext
 * @typedef {import("../stores/member_store.js").Member} Member
 * @typedef {Map<string, import("./contact_field_view.js").FieldView>} Fields by dotted path
 */

/**
 * @param {MemberContext} context
 * @param {object} parts
 * @param {ReturnType<typeof import("./newer_values.js").newerValues>} parts.newer
 * @param {(state: import("../save_state.js").ShownState) => void} parts.onState
 */
export function editedFields(context, { newer, onState }) {
  const drafts = context.stores.drafts.of(context.session.kennitala);
  const shown = shownMember(context, newer, drafts);
  /** @type {import("../autosave.js").SaveState} */
  let state = "idle";
  const autosave = createAutosave({
    save: shown.save,
    onState(next) {
      state = next;
      if (state === "saved" || state === "idle") settled();
      tell();
    },
  });
  const fields = contactFields(context.t, (path, reading, typed) => {
    drafts.put(path, typed, shown.seen[path] ?? null);
    if ("value" in reading) autosave.change(path, reading.value);
    else autosave.forget(path);
    tell();
  });

  let isOver = false;
  function settled() {
    newer.clear();
    if (isOver) return; // Another form of this person may be open by now, with drafts of its own.
    drafts.retain((path) => autosave.isPending(path) || fields.get(path)?.isWrong() === true);
    refresh();
  }
  function refresh() {
    shown.showIn(fields, (path) => autosave.isPending(path));
  }
  function tell() {
    onState(shownState(state, { isOnline: isOnline(), ...faults(fields) }));
  }
  function restore() {
    for (const [path, draft] of drafts.all()) {
      shown.seen[path] = draft.seen;
      fields.get(path)?.type(draft.typed);
    }
  }
  return {
    autosave,
    fields,
    tell,
    /** @param {Member} member */
    update(member) {
      if (shown.update(member, autosave.isHeld)) restore();
      refresh();
    },
    /** The person leaves the page; what cannot be saved now is in the drafts. */
    end() {
      isOver = true;
      void autosave.end();
    },
    /** A field lost the focus. */
    leave() {
      void autosave.flush();
      refresh();
      whenReleased(tell);
    },
  };
}

/**
 * The member's document as the page shows it, and the saves that are made on it.
 * @param {MemberContext} context
 * @param {ReturnType<typeof import("./newer_values.js").newerValues>} newer
 * @param {import("../drafts.js").Drafts} drafts
 */
function shownMember({ session, stores }, newer, drafts) {
  /** What each field showed last; not what came while it held something that is not saved. */
  const seen = /** @type {Record<string, unknown>} */ ({});
  /** @type {Member | null} */
  let member = null;
  /** Whether the document is from before the last save. */
  let isBehind = false;
  return {
    seen,
    /**
     * What changes while an edit is held is told at once: the person insists on what they know.
     * @param {Member} next
     * @param {(path: string) => boolean} isHeld
     * @returns {boolean} whether it is the first one
     */
    update(next, isHeld) {
      const earlier = member;
      if (next.lastEdit !== earlier?.lastEdit) isBehind = false;
      member = next;
      if (earlier === null) return true;
      const held = CONTACT_FIELDS.map(({ path }) => path).filter(isHeld);
      const later = changedValues(earlier, next, held);
      if (Object.keys(later).length > 0) Object.assign(seen, newer.tell(later));
      return false;
    },
    /** @param {Fields} fields @param {(path: string) => boolean} isPending */
    showIn(fields, isPending) {
      if (member === null || isBehind) return;
      for (const [path, field] of fields) {
        if (isPending(path) || field.isBeingEdited()) continue;
        seen[path] = valueAt(member, path);
        field.show(valueAt(member, path));
      }
    },
    /** @param {import("../autosave.js").Changes} changes */
    async save(changes) {
      try {
        drafts.send(changes);
        const entry = await stores.member.save(session.kennitala, changes, seen, drafts.sent);
        Object.assign(seen, changes);
        isBehind = entry !== null && member?.lastEdit !== entry;
      } catch (error) {
        if (error instanceof OvertakenError) Object.assign(seen, newer.tell(error.newer));
        throw error;
      }
    },
  };
}

/** @param {Fields} fields */
function faults(fields) {
  const views = [...fields.values()];
  return {
    isMarked: views.some((field) => field.isMarked()),
    isUnfinished: views.some((field) => field.isWrong()),
  };
}

/**
 * @param {import("../i18n/language.js").Translate} t
 * @param {(path: string, reading: import("../contact_fields.js").Reading, typed: string | boolean) => void} onInput
 * @returns {Fields}
 */
function contactFields(t, onInput) {
  const views = CONTACT_FIELDS.map((field) => {
    const view = contactFieldView(t, field, (reading, typed) => onInput(field.path, reading, typed));
    return /** @type {const} */ ([field.path, view]);
  });
  return new Map(views);
}

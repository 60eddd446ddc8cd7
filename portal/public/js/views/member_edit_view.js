/**
 * The form in which staff edit a member: opened on demand, saved by a button. It calls the same function as a
 * change that the member asks for, so the edit reaches the register by the same sync.
 */
import { valueAt } from "../contact_fields.js";
import { createStaffEdit } from "../staff_edit.js";
import { SYNCED_FIELDS } from "../synced_fields.js";
import { contactFieldView } from "./contact_field_view.js";
import { h } from "./dom.js";
import { fieldsets, STAFF_GROUPS } from "./fieldsets.js";
import { watchLastEdit } from "./last_edit.js";
import { askBeforeUnload } from "./leaving.js";
import { saveStatusView } from "./save_status_view.js";

/**
 * @typedef {import("../application.js").MemberContext} MemberContext
 * @typedef {import("../stores/member_store.js").Member} Member
 *
 * @typedef {object} MemberEdit
 * @property {HTMLElement} element
 * @property {(member: Member | null) => void} update null: there is no such member
 * @property {() => boolean} isUnsaved
 * @property {() => void} dispose
 */

/** @param {MemberContext} context @returns {MemberEdit} */
export function memberEdit(context) {
  const { t, stores } = context;
  const form = editForm(context);
  const open = h("button", { type: "button", class: "button", "aria-expanded": "false", click: toggle });
  open.textContent = t("detail.edit");
  const element = h("div", { class: "member-edit", hidden: true }, h("p", {}, open), form.element);
  const lastEdit = watchLastEdit(stores.member, form.status.showEdit);
  const stopAsking = askBeforeUnload(form.isUnsaved);

  function toggle() {
    form.element.hidden = !form.element.hidden;
    open.setAttribute("aria-expanded", String(!form.element.hidden));
    if (!form.element.hidden) form.element.querySelector("input")?.focus();
  }
  return {
    element,
    update(member) {
      element.hidden = member === null;
      if (member === null) return;
      form.update(member);
      lastEdit.follow(member.lastEdit);
    },
    isUnsaved: form.isUnsaved,
    dispose() {
      lastEdit.dispose();
      stopAsking();
    },
  };
}

/** @param {MemberContext} context */
function editForm(context) {
  const { t, stores } = context;
  /** @type {Member} */
  let member = {};
  const edit = createStaffEdit();
  const status = saveStatusView(t, () => void save());
  const message = h("p", { class: "field-problem", role: "alert" });
  const fields = editFields(t, (path, reading) => {
    edit.touch(path, reading, member);
    status.show("waiting");
  });

  function show() {
    for (const [path, field] of fields) {
      if (!edit.isTouched(path) && !field.isBeingEdited()) field.show(valueAt(member, path));
    }
  }
  async function save() {
    const { changes, wrong, overtaken } = edit.review(member);
    message.textContent = overtaken.length > 0 ? t("detail.overtaken", { fields: named(t, overtaken) }) : "";
    wrong.forEach((path) => fields.get(path)?.mark());
    if (wrong.length > 0) return status.show("invalid");
    if (overtaken.length > 0) return;
    try {
      status.show("saving");
      const seen = Object.fromEntries(
        Object.keys(changes).map((path) => [path, valueAt(member, path) ?? null]),
      );
      if (Object.keys(changes).length > 0) await stores.member.ask(member.kennitala, changes, seen);
      edit.saved(changes);
      show();
      status.show(edit.isDone() ? "saved" : "waiting");
    } catch (error) {
      message.textContent = /** @type {Error} */ (error).message;
      status.show("failed");
    }
  }
  /** @param {Member} current */
  function update(current) {
    member = current;
    show();
  }
  const element = formElement(t, { status: status.element, fields, message, save, show });
  return { element, status, update, isUnsaved: () => !edit.isDone() };
}

/**
 * @param {import("../i18n/language.js").Translate} t
 * @param {(path: string, reading: import("../contact_fields.js").Reading) => void} onTouch
 */
function editFields(t, onTouch) {
  const views = SYNCED_FIELDS.map((field) => {
    const touch = (/** @type {import("../contact_fields.js").Reading} */ reading) =>
      onTouch(field.path, reading);
    return /** @type {const} */ ([field.path, contactFieldView(t, field, touch, "another's")]);
  });
  return new Map(views);
}

/**
 * @param {import("../i18n/language.js").Translate} t
 * @param {object} parts
 * @param {HTMLElement} parts.status
 * @param {ReturnType<typeof editFields>} parts.fields
 * @param {HTMLElement} parts.message
 * @param {() => Promise<void>} parts.save
 * @param {() => void} parts.show the member's values where nothing is typed
 */
function formElement(t, { status, fields, message, save, show }) {
  /** @param {Event} event */
  function submit(event) {
    event.preventDefault();
    void save();
  }
  return h(
    "form",
    { novalidate: true, hidden: true, "aria-label": t("detail.edit"), submit, focusout: show },
    status,
    h("div", { class: "cards" }, ...fieldsets(t, STAFF_GROUPS, fields)),
    message,
    h("button", { class: "button button-primary" }, t("detail.save")),
  );
}

/** @param {import("../i18n/language.js").Translate} t @param {string[]} paths */
function named(t, paths) {
  return paths.map((path) => t(/** @type {any} */ (`field.${path}`))).join(", ");
}

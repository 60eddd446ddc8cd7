/**
 * The form in which staff edit a member: opened on demand, saved by a button. It calls the same function as a
 * change that the member asks for, so the edit reaches the register by the same sync.
 */
import { valueAt } from "../contact_fields.js";
import { reasonOf, refusedPaths } from "../failures.js";
import { createStaffEdit } from "../staff_edit.js";
import { SYNCED_FIELDS } from "../synced_fields.js";
import { contactFieldView } from "./contact_field_view.js";
import { h } from "./dom.js";
import { errorSummary } from "./error_summary.js";
import { fieldsets, STAFF_GROUPS } from "./fieldsets.js";
import { watchLastEdit } from "./last_edit.js";
import { askBeforeUnload } from "./leaving.js";
import { whenReleased } from "./press.js";
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
  const errors = errorSummary(t, context.markTitle);
  const fields = editFields(t, (path, reading) => {
    edit.touch(path, reading, member);
    status.show("waiting");
  });
  const showErrors = () => errors.show([...fields.values()].map((field) => field.fault()));

  function show() {
    for (const [path, field] of fields) {
      if (!edit.isTouched(path) && !field.isBeingEdited()) field.show(valueAt(member, path));
    }
    showErrors();
  }
  function complain() {
    status.show("invalid");
    showErrors();
    errors.focus();
  }
  async function save() {
    const { changes, wrong, overtaken } = edit.review(member);
    message.textContent = overtaken.length > 0 ? t("detail.overtaken", { fields: named(t, overtaken) }) : "";
    wrong.forEach((path) => fields.get(path)?.mark());
    if (wrong.length > 0) return complain();
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
      refused(/** @type {import("../failures.js").Failure} */ (error));
    }
  }
  /** @param {import("../failures.js").Failure} failure */
  function refused(failure) {
    status.show("failed");
    const paths = refusedPaths(failure);
    message.textContent = refusalOf(t, failure, paths);
    if (message.textContent !== "") return;
    paths.forEach((path) => fields.get(path)?.refuse());
    complain();
  }
  /** @param {Member} current */
  function update(current) {
    member = current;
    show();
  }
  const above = [status.element, errors.element];
  const element = formElement(t, { above, fields, message, save, show, enter: status.another });
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
 * @param {HTMLElement[]} parts.above the fields
 * @param {ReturnType<typeof editFields>} parts.fields
 * @param {HTMLElement} parts.message
 * @param {() => Promise<void>} parts.save
 * @param {() => void} parts.show the member's values where nothing is typed
 * @param {() => void} parts.enter called when a field gets the focus
 */
function formElement(t, { above, fields, message, save, show, enter }) {
  /** @param {Event} event */
  function submit(event) {
    event.preventDefault();
    void save();
  }
  return h(
    "form",
    {
      novalidate: true,
      hidden: true,
      "aria-label": t("detail.edit"),
      submit,
      focusin: enter,
      focusout: () => whenReleased(show),
    },
    ...above,
    h("div", { class: "cards" }, ...fieldsets(t, STAFF_GROUPS, fields)),
    message,
    h("button", { class: "button button-primary" }, t("detail.save")),
  );
}

/**
 * Why nothing was saved; empty if it is said at the fields.
 * @param {import("../i18n/language.js").Translate} t
 * @param {import("../failures.js").Failure} failure
 * @param {string[]} paths of the fields that it names
 */
function refusalOf(t, failure, paths) {
  if (failure.code === "ABORTED") return t("detail.overtaken", { fields: named(t, paths) });
  return failure.code === "INVALID_ARGUMENT" && paths.length > 0 ? "" : reasonOf(t, failure);
}

/** @param {import("../i18n/language.js").Translate} t @param {string[]} paths */
function named(t, paths) {
  return paths.map((path) => t(/** @type {any} */ (`field.${path}`))).join(", ");
}

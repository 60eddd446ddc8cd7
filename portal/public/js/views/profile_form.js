/** The form in which members change their details: what is around its fields, and what happens when they leave. */
import { watchConnection } from "../connection.js";
import { card, facts, h } from "./dom.js";
import { editedFields } from "./edited_fields.js";
import { errorSummary } from "./error_summary.js";
import { fieldsets, MEMBER_GROUPS } from "./fieldsets.js";
import { identityOffers } from "./identity_offers_view.js";
import { watchLastEdit } from "./last_edit.js";
import { askBeforeUnload, flushBeforeHiding } from "./leaving.js";
import { registerFacts } from "./member_facts.js";
import { newerValues } from "./newer_values.js";
import { saveStatusView } from "./save_status_view.js";

/**
 * @typedef {import("../application.js").MemberContext} MemberContext
 * @typedef {import("../stores/member_store.js").Member} Member
 *
 * @typedef {object} Form
 * @property {HTMLElement} element
 * @property {(member: Member) => void} update
 * @property {() => Promise<void>} settle save what waits, as far as it can be saved now
 * @property {() => void} dispose
 */

/** @param {MemberContext} context @returns {Form} */
export function profileForm(context) {
  const { t, stores } = context;
  const status = saveStatusView(t, () => editing.autosave.insist());
  const newer = newerValues(context);
  const errors = errorSummary(t, context.markTitle);
  const editing = editedFields(context, {
    newer,
    onState(state) {
      status.show(state);
      errors.show([...editing.fields.values()].map((field) => field.fault()));
    },
  });
  const register = h("div", {});
  const offers = h("div", {});
  const lastEdit = watchLastEdit(stores.member, status.showEdit);
  const ends = [
    watchConnection((isBack) => (isBack ? editing.autosave.retry() : editing.tell())),
    askBeforeUnload(() => !stores.drafts.isEmpty()),
    flushBeforeHiding(editing.autosave),
    () => lastEdit.dispose(),
  ];
  const form = formElement(t, editing, status.another);
  return {
    element: h("div", {}, offers, layout(t, [status.element, newer.element, errors.element], form, register)),
    update(member) {
      offers.replaceChildren(identityOffers(context, member) ?? "");
      register.replaceChildren(facts(registerFacts(context, member, "own")));
      editing.update(member);
      lastEdit.follow(member.lastEdit);
    },
    settle: editing.autosave.flush,
    dispose() {
      editing.end();
      ends.forEach((end) => end());
    },
  };
}

/**
 * @param {import("../i18n/language.js").Translate} t
 * @param {ReturnType<typeof editedFields>} editing
 * @param {() => void} enter called when a field gets the focus
 */
function formElement(t, { fields, leave }, enter) {
  return h(
    "form",
    { novalidate: true, submit: (event) => event.preventDefault(), focusin: enter, focusout: leave },
    ...fieldsets(t, MEMBER_GROUPS, fields),
  );
}

/**
 * @param {import("../i18n/language.js").Translate} t
 * @param {HTMLElement[]} status
 * @param {HTMLElement} form
 * @param {HTMLElement} register
 */
function layout(t, status, form, register) {
  const office = card(t("profile.register"), h("p", { class: "note" }, t("profile.registerNote")), register);
  return h(
    "div",
    {},
    h("p", { class: "lead" }, t("profile.lead")),
    ...status,
    h("div", { class: "columns" }, form, office),
  );
}

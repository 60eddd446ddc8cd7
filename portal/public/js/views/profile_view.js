/**
 * A member's own details. Changes by staff appear while the page is open, except in a field with a value that
 * the member typed and that is not saved yet.
 */
import { createAutosave } from "../autosave.js";
import { CONTACT_FIELDS, valueAt } from "../contact_fields.js";
import { contactFieldView } from "./contact_field_view.js";
import { card, facts, h } from "./dom.js";
import { fieldsets, MEMBER_GROUPS } from "./fieldsets.js";
import { watchLastEdit } from "./last_edit.js";
import { identityOffers } from "./identity_offers_view.js";
import { registerFacts } from "./member_facts.js";
import { saveStatusView } from "./save_status_view.js";
import { empty, failure, loading } from "./states.js";

/**
 * @typedef {import("../application.js").MemberContext} MemberContext
 * @typedef {import("../stores/member_store.js").Member} Member
 * @typedef {{ element: HTMLElement, update: (member: Member) => void, dispose: () => void }} Form
 */

/** @param {MemberContext} context @returns {import("../application.js").View} */
export function profileView(context) {
  const { t, session, stores } = context;
  const element = h("div", {}, loading(t));
  /** @type {Form | null} */
  let form = null;
  let stop = () => {};

  /** @param {Member | null} member */
  function show(member) {
    if (member === null) return element.replaceChildren(empty(t("dashboard.unknown")));
    if (form === null) {
      form = profileForm(context);
      element.replaceChildren(form.element);
    }
    form.update(member);
  }
  function listen() {
    stop();
    stop = stores.member.watch(session.kennitala, show, (error) => {
      form = null;
      element.replaceChildren(failure(t, error, listen));
    });
  }
  listen();
  const dispose = () => {
    stop();
    form?.dispose();
  };
  return { title: t("profile.title"), element, dispose };
}

/** @param {MemberContext} context @returns {Form} */
function profileForm(context) {
  const { t, session, stores } = context;
  const status = saveStatusView(t, () => autosave.flush());
  const autosave = createAutosave({
    save: (changes) => stores.member.save(session.kennitala, changes),
    onState: status.show,
  });
  const fields = contactFields(t, autosave, status.show);
  const register = h("div", {});
  const offers = h("div", {});
  const lastEdit = watchLastEdit(stores.member, status.showEdit);
  return {
    element: h("div", {}, offers, layout(t, status.element, fields, register)),
    update(member) {
      offers.replaceChildren(identityOffers(context, member) ?? "");
      register.replaceChildren(facts(registerFacts(context, member, "own")));
      for (const [path, field] of fields) {
        if (!autosave.isPending(path) && !field.isBeingEdited()) field.show(valueAt(member, path));
      }
      lastEdit.follow(member.lastEdit);
    },
    dispose() {
      void autosave.flush();
      lastEdit.dispose();
    },
  };
}

/**
 * @param {import("../i18n/language.js").Translate} t
 * @param {import("../autosave.js").Autosave} autosave
 * @param {(state: import("./save_status_view.js").ShownState) => void} showState
 */
function contactFields(t, autosave, showState) {
  const views = CONTACT_FIELDS.map((field) => {
    const view = contactFieldView(t, field, (reading) => {
      if ("value" in reading) return autosave.change(field.path, reading.value);
      autosave.forget(field.path);
      showState("invalid");
    });
    return /** @type {const} */ ([field.path, view]);
  });
  return new Map(views);
}

/**
 * @param {import("../i18n/language.js").Translate} t
 * @param {HTMLElement} status
 * @param {Map<string, import("./contact_field_view.js").FieldView>} fields
 * @param {HTMLElement} register
 */
function layout(t, status, fields, register) {
  const form = h(
    "form",
    { novalidate: true, submit: (event) => event.preventDefault() },
    ...fieldsets(t, MEMBER_GROUPS, fields),
  );
  const office = card(t("profile.register"), h("p", { class: "note" }, t("profile.registerNote")), register);
  return h(
    "div",
    {},
    h("p", { class: "lead" }, t("profile.lead")),
    status,
    h("div", { class: "columns" }, form, office),
  );
}

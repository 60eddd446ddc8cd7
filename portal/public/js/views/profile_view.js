/**
 * A member's own details. Changes by staff appear while the page is open, except in a field with a value that
 * the member typed and that is not saved yet.
 */
import { createAutosave } from "../autosave.js";
import { CONTACT_FIELDS, valueAt } from "../contact_fields.js";
import { OvertakenError } from "../seen_values.js";
import { contactFieldView } from "./contact_field_view.js";
import { card, facts, h } from "./dom.js";
import { fieldsets, MEMBER_GROUPS } from "./fieldsets.js";
import { watchLastEdit } from "./last_edit.js";
import { identityOffers } from "./identity_offers_view.js";
import { registerFacts, spoken } from "./member_facts.js";
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
  const status = saveStatusView(t, () => autosave.insist());
  const newer = newerValues(context);
  /** What each field showed last; not what came while it held something that is not saved. */
  const seen = /** @type {Record<string, unknown>} */ ({});
  const autosave = createAutosave({
    async save(changes) {
      try {
        await stores.member.save(session.kennitala, changes, seen);
        Object.assign(seen, changes);
      } catch (error) {
        if (error instanceof OvertakenError) Object.assign(seen, newer.tell(error.newer));
        throw error;
      }
    },
    onState(state) {
      status.show(state);
      if (state === "saved" || state === "idle") newer.clear();
    },
  });
  const fields = contactFields(t, autosave, status.show);
  const register = h("div", {});
  const offers = h("div", {});
  const lastEdit = watchLastEdit(stores.member, status.showEdit);
  return {
    element: h("div", {}, offers, layout(t, [status.element, newer.element], fields, register)),
    update(member) {
      offers.replaceChildren(identityOffers(context, member) ?? "");
      register.replaceChildren(facts(registerFacts(context, member, "own")));
      for (const [path, field] of fields) {
        if (autosave.isPending(path) || field.isBeingEdited()) continue;
        seen[path] = valueAt(member, path);
        field.show(valueAt(member, path));
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
 * Tells what somebody else wrote into fields in which the member is typing.
 * @param {MemberContext} context
 */
function newerValues(context) {
  const { t } = context;
  const element = h("p", { class: "field-problem", role: "alert" });
  /** @type {Record<string, any>} */
  let told = {};
  /** @param {import("../contact_fields.js").ContactField} field */
  const words = (field) =>
    `${t(/** @type {any} */ (`field.${field.path}`))} (${spoken(context, field, told[field.path])})`;
  return {
    element,
    /** @param {Record<string, unknown>} values by path */
    tell(values) {
      told = { ...told, ...values };
      const fields = CONTACT_FIELDS.filter(({ path }) => path in told).map(words);
      element.textContent = t("detail.overtaken", { fields: fields.join(", ") });
      return values;
    },
    clear() {
      told = {};
      element.textContent = "";
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
 * @param {HTMLElement[]} status
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
    ...status,
    h("div", { class: "columns" }, form, office),
  );
}

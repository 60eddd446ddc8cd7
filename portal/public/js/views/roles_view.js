/** The superusers' page: who is staff, one person's roles to give or take, and who changed what. */
import { parseKennitala } from "../formats/kennitala.js";
import { shouldLogInAgain } from "../recent.js";
import { card, h } from "./dom.js";
import { labelledField } from "./labelled_field.js";
import { logInAgain } from "./log_in_again.js";
import { personsRoles } from "./persons_roles_view.js";
import { changesTable, holdersTable } from "./role_tables.js";
import { observed } from "./states.js";

/** @typedef {import("../application.js").MemberContext} MemberContext */

/** @param {MemberContext} context @returns {import("../application.js").View} */
export function rolesView(context) {
  const { t, params, session, stores } = context;
  const person = personsRoles(context);
  const holders = observed(t, stores.roles.watchHolders, (members) => [holdersTable(context, members)]);
  const changes = observed(t, stores.roles.watchChanges, (entries) => [changesTable(context, entries)]);
  const { djangoId } = params;
  if (djangoId) person.follow((...listeners) => stores.register.watch(Number(djangoId), ...listeners));
  const element = h(
    "div",
    {},
    h("p", { class: "lead" }, t("roles.lead")),
    shouldLogInAgain(session) && h("p", { class: "note" }, ...logInAgain(context)),
    search(context, (kennitala) =>
      person.follow((...listeners) => stores.member.watch(kennitala, ...listeners)),
    ),
    person.element,
    card(t("roles.holders"), holders.element),
    card(t("roles.history"), changes.element),
  );
  const parts = [person, holders, changes];
  return { title: t("roles.title"), element, dispose: () => parts.forEach((part) => part.dispose()) };
}

/** @param {MemberContext} context @param {(kennitala: string) => void} onFound */
function search({ t }, onFound) {
  const control = h("input", { id: "kennitala", inputmode: "numeric", autocomplete: "off" });
  const { element, complain } = labelledField(control, t("roles.search"));
  /** @param {Event} event */
  function submit(event) {
    event.preventDefault();
    const kennitala = parseKennitala(control.value);
    complain(kennitala ? "" : t("roles.noKennitala"));
    if (kennitala) onFound(kennitala);
    else control.focus();
  }
  const button = h("button", { class: "button button-primary" }, t("roles.find"));
  return h("form", { class: "search", role: "search", novalidate: true, submit }, element, button);
}

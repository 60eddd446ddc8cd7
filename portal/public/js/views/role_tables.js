/** Tables of the people who have roles, and of the changes. */
import { maskKennitala } from "../formats/kennitala.js";
import { formatTime } from "../formats/moments.js";
import { knownRoles } from "../roles.js";
import { h, table } from "./dom.js";
import { statusBadge } from "./member_facts.js";
import { empty } from "./states.js";

/**
 * @typedef {import("../application.js").Context} Context
 * @typedef {import("../stores/member_store.js").Member} Member
 */

/** How `fab appoint` writes who it was. */
const OPERATOR = "operator ";

/** @param {Context} context @param {Member[]} members */
export function holdersTable(context, members) {
  const { t } = context;
  if (members.length === 0) return empty(t("roles.nobody"));
  return table({
    caption: t("roles.holders"),
    columns: [t("members.name"), t("members.kennitala"), t("dashboard.roles"), t("members.status")],
    rows: members.map((member) => [
      nameOf(member),
      maskKennitala(member.kennitala),
      named(context, member.roles),
      statusBadge(context, member.membership?.status),
    ]),
  });
}

/** @param {Context} context @param {import("../stores/role_store.js").Change[]} changes */
export function changesTable(context, changes) {
  const { t, language } = context;
  if (changes.length === 0) return empty(t("roles.noHistory"));
  return table({
    caption: t("roles.history"),
    columns: [t("roles.when"), t("roles.by"), t("roles.whom"), t("roles.before"), t("roles.after")],
    rows: changes.map(({ at, by, whom, before, after }) => [
      formatTime(at, language),
      asker(context, by),
      whom,
      named(context, before),
      named(context, after),
    ]),
  });
}

/** Who changed a role: a person, an operator, or nobody (the register). @param {Context} context @param {string} by */
function asker({ t }, by) {
  if (by === "register") return t("roles.register");
  return by.startsWith(OPERATOR) ? t("roles.operator", { name: by.slice(OPERATOR.length) }) : by;
}

/** @param {Context} context @param {unknown} roles */
function named({ t }, roles) {
  return (
    knownRoles(roles)
      .map((role) => t(`role.${role}`))
      .join(", ") || t("role.none")
  );
}

/** The name, as a link to the person's roles. @param {Member} member */
function nameOf(member) {
  const id = member.membership?.djangoId;
  return id ? h("a", { href: `/admin/roles/${id}` }, member.name) : member.name;
}

/** The first page after the log-in. */
import { showValue, CONTACT_FIELDS, valueAt } from "../contact_fields.js";
import { formatDate } from "../formats/moments.js";
import { standingOf } from "../standing.js";
import { card, facts, h } from "./dom.js";
import { identityOffers } from "./identity_offers_view.js";
import { statusBadge } from "./member_facts.js";
import { standingCard } from "./standing_view.js";
import { observed } from "./states.js";

/**
 * @typedef {import("../application.js").MemberContext} MemberContext
 * @typedef {import("../stores/member_store.js").Member} Member
 */

const REACH = CONTACT_FIELDS.filter(({ group }) => group === "contact" || group === "address");

/** @param {MemberContext} context @returns {import("../application.js").View} */
export function dashboardView(context) {
  const { t, session, stores } = context;
  const { element, dispose } = observed(
    t,
    (onMember, onError) => stores.member.watch(session.kennitala, onMember, onError),
    (/** @type {Member | null} */ member) =>
      member ? overview(context, member) : [standingCard(context, "unknown")],
  );
  return { title: t("dashboard.title"), element, dispose };
}

/** @param {MemberContext} context @param {Member} member */
function overview(context, member) {
  const { t, language, session } = context;
  const roles = session.roles.filter((role) => ["member", "admin", "superuser"].includes(role));
  const names = roles.map((role) => t(/** @type {any} */ (`role.${role}`)));
  const membership = facts([
    [t("dashboard.status"), statusBadge(context, member.membership?.status)],
    [t("dashboard.joined"), formatDate(member.membership?.joined, language)],
    [t("dashboard.roles"), names.join(", ") || t("role.none")],
  ]);
  const standing = standingOf(member);
  return [
    h("p", { class: "lead" }, t("dashboard.greeting", { name: member.name ?? "" })),
    standing !== "active" && standingCard(context, standing),
    identityOffers(context, member),
    h(
      "div",
      { class: "cards" },
      card(
        t("membership.title"),
        membership,
        h("a", { class: "button", href: "/membership" }, t("dashboard.verify")),
      ),
      card(
        t("dashboard.contact"),
        reach(context, member),
        h("a", { class: "button", href: "/profile" }, t("dashboard.edit")),
      ),
    ),
  ];
}

/** @param {MemberContext} context @param {Member} member */
function reach({ t }, member) {
  return facts(
    REACH.map((field) => [
      t(/** @type {any} */ (`field.${field.path}`)),
      String(showValue(field, valueAt(member, field.path))) || "–",
    ]),
  );
}

/** One person's roles, with a button for each that can be given or taken; it asks before it does so. */
import { maskKennitala } from "../formats/kennitala.js";
import { wantsLogIn } from "../recent.js";
import { isActive, offersFor, refusalOf } from "../roles.js";
import { card, facts, h } from "./dom.js";
import { logInAgain } from "./log_in_again.js";
import { statusBadge } from "./member_facts.js";
import { empty, observed } from "./states.js";

/**
 * @typedef {import("../application.js").MemberContext} MemberContext
 * @typedef {import("../stores/member_store.js").Member} Member
 * @typedef {import("../roles.js").Offer} Offer
 * @typedef {(onMember: (member: Member | null) => void, onError: (error: Error) => void) => () => void} Watch
 *
 * @typedef {object} PersonsRoles
 * @property {HTMLElement} element
 * @property {(watch: Watch) => void} follow shows this person from now on
 * @property {() => void} dispose
 */

/** @param {MemberContext} context @returns {PersonsRoles} */
export function personsRoles(context) {
  const { t } = context;
  const message = h("p", { class: "message", role: "status", tabindex: "-1" });
  const place = h("div", {});
  let dispose = () => {};

  /** @param {Member} member @param {Offer} offer */
  async function change(member, { role, isHeld }) {
    const name = member.name ?? "";
    const named = { name, role: t(`role.${role}`) };
    if (!confirm(t(isHeld ? "roles.confirmTake" : "roles.confirmGive", named))) return;
    message.textContent = t("roles.busy");
    try {
      await context.stores.roles.set(member.kennitala, role, !isHeld);
      message.textContent = t(isHeld ? "roles.taken" : "roles.given", named);
    } catch (error) {
      const refusal = /** @type {{ code?: string }} */ (error);
      message.replaceChildren(...(wantsLogIn(refusal) ? logInAgain(context) : [t(refusalOf(refusal))]));
    }
    message.focus(); // The person's card, and with it the button, is made again.
  }
  return {
    element: h("div", {}, place, message),
    follow(watch) {
      dispose();
      message.textContent = "";
      const shown = observed(t, watch, (/** @type {Member | null} */ member) =>
        member ? [personCard(context, member, change)] : [empty(t("roles.unknown"))],
      );
      dispose = shown.dispose;
      place.replaceChildren(shown.element);
    },
    dispose: () => dispose(),
  };
}

/**
 * @param {MemberContext} context
 * @param {Member} member
 * @param {(member: Member, offer: Offer) => Promise<void>} change
 */
function personCard(context, member, change) {
  const { t, session } = context;
  const offers = offersFor(member, session.kennitala);
  const rows = offers.map((offer) => [
    t(`role.${offer.role}`),
    roleCell(t, offer, () => change(member, offer)),
  ]);
  const isOwn = member.kennitala === session.kennitala;
  return card(
    member.name ?? "–",
    facts(
      /** @type {[string, import("./dom.js").Child][]} */ ([
        [t("members.kennitala"), maskKennitala(member.kennitala)],
        [t("members.status"), statusBadge(context, member.membership?.status)],
        ...rows,
      ]),
    ),
    isOwn && h("p", { class: "note" }, t("roles.own")),
    !isOwn && !isActive(member) && h("p", { class: "note" }, t("roles.inactive")),
  );
}

/**
 * @param {import("../i18n/language.js").Translate} t
 * @param {Offer} offer
 * @param {() => void} click
 */
function roleCell(t, { role, isHeld, mayChange }, click) {
  const action = t(isHeld ? "roles.take" : "roles.give");
  const label = `${action}: ${t(`role.${role}`)}`;
  return h(
    "span",
    { class: "actions" },
    h("span", { "data-role": role }, t(isHeld ? "detail.yes" : "detail.no")),
    mayChange && h("button", { type: "button", class: "button", "aria-label": label, click }, action),
  );
}

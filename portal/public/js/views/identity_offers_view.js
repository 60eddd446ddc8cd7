/** Offers to take over the electronic ID's values that differ from the register's. */
import { reasonOf } from "../failures.js";
import { formatPhone } from "../formats/phone.js";
import { offersOf } from "../identity_offers.js";
import { card, h } from "./dom.js";

/**
 * @typedef {import("../application.js").MemberContext} MemberContext
 * @typedef {import("../identity_offers.js").Offer} Offer
 */

/**
 * @param {MemberContext} context
 * @param {import("../stores/member_store.js").Member} member
 * @returns {HTMLElement | null} null if there is nothing to offer
 */
export function identityOffers(context, member) {
  const { t, session, stores } = context;
  const identity = stores.identity.read(session.kennitala);
  const offers = identity ? offersOf(member, identity) : [];
  const open = offers.filter((offer) => !stores.identity.isDeclined(offer));
  if (open.length === 0) return null;
  const message = h("p", { class: "field-problem", role: "alert" });
  const section = card(
    t("offer.title"),
    h("p", { class: "note" }, t("offer.lead")),
    h("ul", { class: "offers" }, ...open.map((offer) => row(context, offer, message, () => section))),
    message,
  );
  return section;
}

/**
 * @param {MemberContext} context
 * @param {Offer} offer
 * @param {HTMLElement} message
 * @param {() => HTMLElement} section
 */
function row({ t, session, stores }, offer, message, section) {
  const field = t(`field.${offer.path}`);
  const item = h("li", { class: "offer", "data-offer": offer.path });
  const take = h(
    "button",
    { type: "button", class: "button button-primary", click: takeOver },
    t("offer.take"),
  );
  const leave = h("button", { type: "button", class: "button", click: decline }, t("offer.leave"));
  take.setAttribute("aria-label", `${t("offer.take")}: ${field}`);
  leave.setAttribute("aria-label", `${t("offer.leave")}: ${field}`);

  async function takeOver() {
    take.disabled = true;
    message.textContent = "";
    try {
      await stores.member.ask(
        session.kennitala,
        { [offer.path]: offer.offered },
        { [offer.path]: offer.held },
      );
    } catch (error) {
      take.disabled = false;
      message.textContent = t("offer.failed", { reason: reasonOf(t, /** @type {Error} */ (error)) });
    }
  }
  function decline() {
    stores.identity.decline(offer);
    item.remove();
    if (!section().querySelector("li")) section().remove();
  }
  const held = spoken(offer, offer.held) || t("offer.nothing");
  const words = t("offer.differs", { field, held, offered: spoken(offer, offer.offered) });
  item.append(h("p", {}, words), h("p", { class: "actions" }, take, leave));
  return item;
}

/** @param {Offer} offer @param {string | null} value */
function spoken({ path }, value) {
  return path === "profile.phone" && value ? formatPhone(value) : (value ?? "");
}

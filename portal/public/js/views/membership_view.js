/** Membership verification: asks the register now and shows the answer. */
import { h } from "./dom.js";
import { failure } from "./states.js";

/** @param {import("../application.js").MemberContext} context @returns {import("../application.js").View} */
export function membershipView({ t, stores }) {
  const result = h("div", { "aria-live": "polite" });
  const button = h(
    "button",
    { type: "button", class: "button button-primary", click: verify },
    t("membership.button"),
  );

  async function verify() {
    button.disabled = true;
    result.replaceChildren(h("p", {}, t("membership.busy")));
    try {
      result.replaceChildren(verdict(t, await stores.session.verifyMembership()));
    } catch (error) {
      result.replaceChildren(failure(t, /** @type {Error} */ (error), verify));
    }
    button.disabled = false;
  }

  const element = h(
    "div",
    { class: "narrow" },
    h("p", { class: "lead" }, t("membership.lead")),
    button,
    result,
  );
  return { title: t("membership.title"), element };
}

/**
 * @param {import("../i18n/language.js").Translate} t
 * @param {import("../stores/session_store.js").Membership} membership
 */
function verdict(t, { isMember, verified, kennitala }) {
  return h(
    "div",
    { class: `verdict ${isMember ? "verdict-yes" : "verdict-no"}` },
    h("p", { class: "verdict-text" }, t(isMember ? "membership.member" : "membership.notMember")),
    h("p", {}, `${t("membership.kennitala")} ${kennitala}`),
    verified && h("p", {}, t("membership.verified")),
  );
}

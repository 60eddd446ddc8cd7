/** What those are told who are no active members: what they are, why, how to reach the office, how to join. */
import { formatPhone } from "../formats/phone.js";
import { card, facts, h } from "./dom.js";

/**
 * @typedef {import("../application.js").Context} Context
 * @typedef {Exclude<import("../standing.js").Standing, "active">} Standing
 */

/** @param {Context} context @param {Standing} standing */
export function standingCard(context, standing) {
  const { t } = context;
  return card(
    t(`standing.${standing}`),
    h("p", {}, t(`standing.${standing}.why`)),
    h("p", {}, ...howToJoin(context, standing)),
    ...office(context),
  );
}

/** Who is suspended has joined. @param {Context} context @param {Standing} standing */
function howToJoin({ t, office }, standing) {
  if (standing === "suspended") return [t("standing.settle")];
  if (!office?.joinUrl) return [t("standing.join")];
  return [h("a", { href: office.joinUrl, rel: "noopener noreferrer" }, t("standing.joinPage"))];
}

/** @param {Context} context */
function office({ t, office: known }) {
  if (!known) return [];
  const { address, phone, email } = known;
  const number = phone.replace(/[ -]/g, "");
  return [
    h("h3", {}, t("office.title")),
    facts([
      [t("office.address"), address],
      [t("office.phone"), h("a", { href: `tel:${number}` }, formatPhone(number))],
      [t("office.email"), h("a", { href: `mailto:${email}` }, email)],
    ]),
  ];
}

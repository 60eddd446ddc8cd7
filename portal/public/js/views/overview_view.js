/** The administration's overview: members by status, what is pending, the sync's last run. */
import { formatNumber } from "../formats/numbers.js";
import { STATUSES } from "../synced_fields.js";
import { card, facts, h } from "./dom.js";
import { loaded, observed } from "./states.js";
import { runsTable } from "./sync_tables.js";

/** @param {import("../application.js").MemberContext} context @returns {import("../application.js").View} */
export function overviewView(context) {
  const { t, language, stores } = context;
  const counts = loaded(t, stores.register.countByStatus, (numbers) => [
    facts(
      STATUSES.map((status) => [
        t(/** @type {any} */ (`status.${status}`)),
        h("span", { class: "figure" }, formatNumber(numbers[status], language)),
      ]),
    ),
  ]);
  const lastRun = observed(
    t,
    (onRuns, onError) => stores.sync.watchRuns(1, onRuns, onError),
    (/** @type {import("../stores/sync_store.js").Run[]} */ runs) => [runsTable(context, runs)],
  );
  const pending = observed(t, stores.sync.watchPending, (entries) => [
    h("p", { class: "figure" }, formatNumber(entries.length, language)),
  ]);
  const actions = h(
    "p",
    { class: "actions" },
    h("a", { class: "button", href: "/admin/members" }, t("nav.members")),
    h("a", { class: "button", href: "/admin/sync" }, t("nav.sync")),
  );
  const element = h(
    "div",
    { class: "cards" },
    card(t("overview.members"), counts.element),
    card(t("overview.pending"), pending.element),
    card(t("overview.lastSync"), lastRun.element),
    card(t("overview.actions"), actions),
  );
  const parts = [counts, lastRun, pending];
  return { title: t("overview.title"), element, dispose: () => parts.forEach((part) => part.dispose()) };
}

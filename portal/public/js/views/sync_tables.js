/** Tables of the sync's runs and of its pending entries. */
import { maskKennitala } from "../formats/kennitala.js";
import { formatTime } from "../formats/moments.js";
import { formatNumber } from "../formats/numbers.js";
import { h, table } from "./dom.js";
import { empty } from "./states.js";

/**
 * @typedef {import("../application.js").Context} Context
 * @typedef {import("../stores/sync_store.js").Run} Run
 * @typedef {import("../stores/sync_store.js").Entry} Entry
 */

const OUTCOMES = /** @type {const} */ (["success", "partial", "failed", "stopped"]);
const DIRECTIONS = ["firestore_to_django", "django_to_firestore"];

/** @param {Run} run @param {string} counter summed over both directions */
export function total(run, counter) {
  return DIRECTIONS.reduce((sum, direction) => sum + (run[direction]?.[counter] ?? 0), 0);
}

/** @param {Context} context @param {Run[]} runs @param {"sync.runs" | "sync.conflicts"} [caption] */
export function runsTable({ t, language }, runs, caption = "sync.runs") {
  if (runs.length === 0) return empty(t("sync.noRuns"));
  return table({
    caption: t(caption),
    columns: ["when", "status", "duration", "toDjango", "toFirestore", "conflicted", "failures"].map(
      (column) => t(/** @type {any} */ (`sync.${column}`)),
    ),
    rows: runs.map((run) => [
      formatTime(run.started_at?.toDate?.() ?? run.started_at, language),
      outcome(t, run.status),
      run.duration_seconds === undefined ? "–" : formatNumber(run.duration_seconds, language),
      ...counts(run).map((count) => formatNumber(count, language)),
    ]),
  });
}

/** What a run wrote in each direction, its conflicts and its failures. @param {Run} run */
function counts(run) {
  return [
    run.firestore_to_django?.written ?? 0,
    run.django_to_firestore?.written ?? 0,
    total(run, "conflicted"),
    total(run, "failed"),
  ];
}

/** @param {Context} context @param {Entry[]} entries */
export function queueTable({ t, language }, entries) {
  if (entries.length === 0) return empty(t("sync.emptyQueue"));
  return table({
    caption: t("sync.queue"),
    columns: [t("sync.when"), t("members.kennitala"), t("sync.fields")],
    rows: entries.map((entry) => [
      formatTime(entry.createdAt?.toDate?.(), language),
      maskKennitala(entry.kennitala),
      Object.keys(entry.changes ?? {})
        .map((path) => t(/** @type {any} */ (`field.${path}`)))
        .join(", "),
    ]),
  });
}

/** @param {import("../i18n/language.js").Translate} t @param {string} status */
function outcome(t, status) {
  const known = OUTCOMES.find((name) => name === status) ?? "failed";
  return h("span", { class: `badge badge-${known}` }, t(`sync.outcome.${known}`));
}

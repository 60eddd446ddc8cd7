/** The register in pages, with search. */
import { maskKennitala } from "../formats/kennitala.js";
import { PAGE_SIZE, STATUSES } from "../stores/register_store.js";
import { readSearch } from "../stores/search_terms.js";
import { h, table } from "./dom.js";
import { statusBadge } from "./member_facts.js";
import { empty, loaded } from "./states.js";

/**
 * @typedef {import("../application.js").MemberContext} MemberContext
 * @typedef {import("../stores/register_store.js").Page} Page
 * @typedef {import("../stores/register_store.js").Cursor} Cursor
 */

/** @param {MemberContext} context @returns {import("../application.js").View} */
export function membersView(context) {
  const { t } = context;
  const results = h("div", {});
  /** @type {(Cursor | null)[]} where each page up to the one shown begins */
  let starts = [null];
  let dispose = () => {};

  function show() {
    dispose();
    const [search, status] = [readSearch(field.value), filter.value];
    const after = starts[starts.length - 1];
    const part = loaded(
      t,
      () => context.stores.register.page(search, status, after),
      (page) => pageOf(page),
    );
    dispose = part.dispose;
    results.replaceChildren(part.element);
  }
  /** @param {(Cursor | null)[]} pages */
  function turnTo(pages) {
    starts = pages;
    show();
  }
  /** @param {Page} page */
  function pageOf(page) {
    if (page.members.length === 0) return [empty(t("members.empty"))];
    const first = (starts.length - 1) * PAGE_SIZE + 1;
    const turns = pageTurns(t, {
      previous: starts.length > 1 ? () => turnTo(starts.slice(0, -1)) : null,
      next: page.next ? () => turnTo([...starts, page.next]) : null,
    });
    return [membersTable(context, page.members, first), turns];
  }

  const field = h("input", {
    id: "search",
    type: "search",
    autocomplete: "off",
    "aria-describedby": "search-hint",
  });
  const filter = statusFilter(t, () => turnTo([null]));
  const form = searchForm(t, field, filter, () => turnTo([null]));
  show();
  return { title: t("members.title"), element: h("div", {}, form, results), dispose: () => dispose() };
}

/** @param {import("../i18n/language.js").Translate} t @param {() => void} onChange */
function statusFilter(t, onChange) {
  const options = STATUSES.map((status) =>
    h("option", { value: status }, t(/** @type {any} */ (`status.${status}`))),
  );
  return h(
    "select",
    { id: "status", change: onChange },
    h("option", { value: "" }, t("members.allStatuses")),
    ...options,
  );
}

/**
 * @param {import("../i18n/language.js").Translate} t
 * @param {HTMLElement} field
 * @param {HTMLElement} filter
 * @param {() => void} onSearch
 */
function searchForm(t, field, filter, onSearch) {
  /** @param {Event} event */
  function submit(event) {
    event.preventDefault();
    onSearch();
  }
  return h(
    "form",
    { class: "search", role: "search", submit },
    h("div", { class: "field" }, h("label", { for: "search" }, t("members.search")), field),
    h("div", { class: "field" }, h("label", { for: "status" }, t("members.status")), filter),
    h("button", { class: "button button-primary" }, t("members.search")),
    h("p", { class: "note", id: "search-hint" }, t("members.searchHint")),
  );
}

/**
 * @param {MemberContext} context
 * @param {import("../stores/member_store.js").Member[]} members
 * @param {number} first number of the first of them in the whole list
 */
function membersTable(context, members, first) {
  const { t } = context;
  return table({
    caption: t("members.caption", { first, last: first + members.length - 1 }),
    columns: [t("members.name"), t("members.kennitala"), t("members.email"), t("members.status")],
    rows: members.map((member) => [
      nameOf(member),
      maskKennitala(member.kennitala),
      member.profile?.email ?? "–",
      statusBadge(context, member.membership?.status),
    ]),
  });
}

/** @param {import("../stores/member_store.js").Member} member a link where the member's page can be found */
function nameOf(member) {
  const id = member.membership?.djangoId;
  return id ? h("a", { href: `/admin/members/${id}` }, member.name) : member.name;
}

/**
 * @param {import("../i18n/language.js").Translate} t
 * @param {{ previous: (() => void) | null, next: (() => void) | null }} turns null: there is no such page
 */
function pageTurns(t, { previous, next }) {
  return h(
    "nav",
    { class: "pages", "aria-label": t("members.pages") },
    h(
      "button",
      { type: "button", class: "button", disabled: !previous, click: previous },
      t("members.previous"),
    ),
    h("button", { type: "button", class: "button", disabled: !next, click: next }, t("members.next")),
  );
}

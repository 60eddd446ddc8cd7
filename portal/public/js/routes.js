/** Which path leads to which page. Paths hold no personal data: a member's page has the Django id in its path. */

/**
 * @typedef {object} Route
 * @property {string} path segments; one that begins with `:` is a parameter
 * @property {"anyone" | "member" | "staff" | "superuser"} audience
 * @property {string} page key of the page
 *
 * @typedef {{ route: Route, params: Record<string, string> }} Match
 */

/** @type {readonly Route[]} */
export const ROUTES = [
  { path: "/", audience: "member", page: "dashboard" },
  { path: "/callback", audience: "anyone", page: "callback" },
  { path: "/profile", audience: "member", page: "profile" },
  { path: "/membership", audience: "member", page: "membership" },
  { path: "/events", audience: "member", page: "events" },
  { path: "/admin", audience: "staff", page: "overview" },
  { path: "/admin/members", audience: "staff", page: "members" },
  { path: "/admin/members/:djangoId", audience: "staff", page: "memberDetail" },
  { path: "/admin/sync", audience: "staff", page: "sync" },
  { path: "/admin/roles", audience: "superuser", page: "roles" },
  { path: "/admin/roles/:djangoId", audience: "superuser", page: "roles" },
];

/** These show the same to all who may see them. */
const SAME_FOR_ALL = ["callback", "profile", "membership"];

/** Whether the page of a path looks otherwise to somebody with other rights. @param {string} path */
export function dependsOnRights(path) {
  return !SAME_FOR_ALL.includes(matchRoute(ROUTES, path)?.route.page ?? "");
}

/**
 * @param {readonly Route[]} routes
 * @param {string} path of a location, without query
 * @returns {Match | null}
 */
export function matchRoute(routes, path) {
  const given = segments(path);
  for (const route of routes) {
    const params = matchSegments(segments(route.path), given);
    if (params) return { route, params };
  }
  return null;
}

/** @param {string} path */
function segments(path) {
  return path.split("/").filter(Boolean);
}

/** @param {string[]} pattern @param {string[]} given @returns {Record<string, string> | null} */
function matchSegments(pattern, given) {
  if (pattern.length !== given.length) return null;
  /** @type {Record<string, string>} */
  const params = {};
  for (const [index, expected] of pattern.entries()) {
    if (expected.startsWith(":")) params[expected.slice(1)] = given[index];
    else if (expected !== given[index]) return null;
  }
  return params;
}

/**
 * Where to go after a log-in: a path of this site that the router knows, with its query, else the front page.
 * @param {string | null | undefined} path
 * @returns {string}
 */
export function safeReturn(path) {
  if (!path || !/^\/(?!\/)/.test(path)) return "/";
  const page = matchRoute(ROUTES, path.split("?")[0])?.route.page;
  return page && page !== "callback" ? path : "/";
}

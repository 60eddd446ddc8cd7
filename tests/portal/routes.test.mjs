import assert from "node:assert/strict";
import { test } from "node:test";
import { matchRoute, ROUTES, safeReturn } from "../../portal/public/js/routes.js";

const pageOf = (path) => matchRoute(ROUTES, path)?.route.page ?? null;

for (const [path, page] of [
  ["/", "dashboard"],
  ["/profile", "profile"],
  ["/profile/", "profile"],
  ["/events", "events"],
  ["/admin", "overview"],
  ["/admin/members", "members"],
  ["/admin/members/12345", "memberDetail"],
  ["/admin/members/12345/edit", null],
  ["/admin/roles", "roles"],
  ["/admin/roles/12345", "roles"],
  ["/nowhere", null],
  ["/admin/%zz", null],
]) {
  test(`${path} is ${page ?? "no page"}`, () => assert.equal(pageOf(path), page));
}

test("a parameter is the segment in its place", () =>
  assert.deepEqual(matchRoute(ROUTES, "/admin/members/12345")?.params, { djangoId: "12345" }));

test("every page of the administration is for staff", () => {
  for (const { path, audience } of ROUTES)
    assert.equal(["staff", "superuser"].includes(audience), path.startsWith("/admin"), path);
});

test("the pages of roles are for superusers", () => {
  const pages = ROUTES.filter(({ audience }) => audience === "superuser").map(({ path }) => path);
  assert.deepEqual(pages, ["/admin/roles", "/admin/roles/:djangoId"]);
});

test("a log-in returns to pages of this site only", () => {
  assert.equal(safeReturn("/profile"), "/profile");
  assert.equal(safeReturn("/admin/members/12"), "/admin/members/12");
  assert.equal(safeReturn("/admin/members?status=left&page=2"), "/admin/members?status=left&page=2");
  for (const path of [
    "https://evil.example",
    "//evil.example",
    "//profile",
    "/nowhere",
    "/callback?code=x",
    "/callback",
    "javascript:alert(1)",
    "",
    null,
  ]) {
    assert.equal(safeReturn(path), "/", String(path));
  }
});

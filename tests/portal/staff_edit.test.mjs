import assert from "node:assert/strict";
import { test } from "node:test";
import { createStaffEdit } from "../../portal/public/js/staff_edit.js";

const member = (email, city = "Reykjavík") => ({ profile: { email, address: { city } } });
const EMAIL = "profile.email";
const typed = (value) => ({ value });

test("only what was touched, and differs, is sent", () => {
  const edit = createStaffEdit();
  edit.touch(EMAIL, typed("new@b.is"), member("old@b.is"));
  edit.touch("profile.address.city", typed("Reykjavík"), member("old@b.is"));
  const { changes, wrong, overtaken } = edit.review(member("old@b.is"));
  assert.deepEqual([changes, wrong, overtaken], [{ [EMAIL]: "new@b.is" }, [], []]);
  assert.ok(edit.isTouched(EMAIL) && !edit.isTouched("profile.address.city"));
});

test("a field that the member changed meanwhile and staff never touched is left alone", () => {
  const edit = createStaffEdit();
  edit.touch(EMAIL, typed("new@b.is"), member("old@b.is", "Reykjavík"));
  assert.deepEqual(edit.review(member("old@b.is", "Akureyri")).changes, { [EMAIL]: "new@b.is" });
});

test("what the member changed while staff typed is told before it is overwritten, once", () => {
  const edit = createStaffEdit();
  edit.touch(EMAIL, typed("n"), member("old@b.is"));
  edit.touch(EMAIL, typed("new@b.is"), member("members@b.is"));
  assert.deepEqual(edit.review(member("members@b.is")).overtaken, [EMAIL]);
  assert.deepEqual(edit.review(member("members@b.is")).overtaken, []);
  assert.deepEqual(edit.review(member("again@b.is")).overtaken, [EMAIL]);
});

test("a value that appeared where there was none is told too", () => {
  const edit = createStaffEdit();
  edit.touch(EMAIL, typed("new@b.is"), member(null));
  edit.touch(EMAIL, typed("new@b.is"), member("members@b.is"));
  assert.deepEqual(edit.review(member("members@b.is")).overtaken, [EMAIL]);
});

test("what cannot be stored stands in the way", () => {
  const edit = createStaffEdit();
  edit.touch(EMAIL, { problem: "email" }, member("old@b.is"));
  const { changes, wrong } = edit.review(member("old@b.is"));
  assert.deepEqual([changes, wrong], [{}, [EMAIL]]);
});

test("what was typed while a save was under way is still to be saved", () => {
  const edit = createStaffEdit();
  edit.touch(EMAIL, typed("new@b.is"), member("old@b.is"));
  edit.touch("profile.address.city", typed("Akureyri"), member("old@b.is"));
  const { changes } = edit.review(member("old@b.is"));
  edit.touch(EMAIL, typed("newer@b.is"), member("new@b.is", "Akureyri"));
  edit.saved(changes);
  assert.ok(edit.isTouched(EMAIL) && !edit.isDone());
  assert.ok(!edit.isTouched("profile.address.city"));
});

"""The guards against attackers that are code of ours, each with the test that must fail without it.

Guards of the host's own programs (nginx, systemd) are taken away on a real host, in
`tests/host/test_removed_guards.py`. Those of the sync are in `tests/proof/guards.py`. `tests/rules` shows
that each line of Firestore's rules is needed.
"""

from __future__ import annotations

from tests.guards.guard import Guard

STAFF = "linode/backend/staff"
SECOND = "staff.tests.test_second_factor"
GUARDS = (
    Guard(
        "password-alone-logs-nobody-in",
        "a stolen password",
        f"{STAFF}/log_in.py",
        "if second_factor.is_required(user):",
        "if False:",
        f"{SECOND}.PasswordAloneTests.test_it_leads_to_the_second_step_and_no_further",
    ),
    Guard(
        "sessions-have-the-second-factor",
        "a session that was made without a code",
        f"{STAFF}/sessions.py",
        "if second_factor.is_missing(user):",
        "if False:",
        f"{SECOND}.PasswordAloneTests.test_a_session_that_was_made_without_it_ends",
    ),
    Guard(
        "codes-work-once",
        "a code that somebody saw",
        f"{STAFF}/second_factor.py",
        "    authenticator.last_step = step\n",
        "",
        f"{SECOND}.CodeTests.test_it_works_once",
    ),
    Guard(
        "codes-are-limited",
        "guessing six digits",
        f"{STAFF}/second_factor.py",
        "attempt = attempts.begin(attempts.with_code(user), address)",
        "attempt = attempts.FailedLogin(person='')",
        f"{SECOND}.CodeTests.test_guesses_are_limited_and_the_right_one_is_not_checked_then",
    ),
    Guard(
        "passwords-are-limited",
        "guessing a password",
        f"{STAFF}/attempts.py",
        "if len(times) == limit.most + running:",
        "if False:",
        "staff.tests.test_attempts.PersonTests.test_the_right_password_is_refused_after_five_wrong_ones",
    ),
    Guard(
        "known-browsers-are-signed",
        "a forged cookie, with which failures would not count for the person",
        f"{STAFF}/known_browser.py",
        "return str(signing.loads(cookie, salt=SALT, max_age=KNOWN_SECONDS))",
        "return cookie",
        "staff.tests.test_known_browser.KnownBrowserTests.test_a_forged_cookie_is_nothing",
    ),
    Guard(
        "known-browsers-are-one-persons",
        "guessing another person's password from a known browser",
        f"{STAFF}/known_browser.py",
        "if browser and constant_time_compare(digest, person.digest):",
        "if browser:",
        "staff.tests.test_known_browser.KnownBrowserTests.test_it_is_known_for_that_person_alone",
    ),
    Guard(
        "known-browsers-have-both-factors",
        "a stolen password, with which failures would not count for the person",
        f"{STAFF}/log_in.py",
        '            return redirect("admin:second_factor")\n',
        "            from staff.known_browser import remember\n\n"
        '            return remember(redirect("admin:second_factor"), user)\n',
        "staff.tests.test_known_browser.KnownBrowserTests.test_the_password_alone_makes_no_browser_known",
    ),
    Guard(
        "rights-after-both-factors",
        "a session that somebody left open",
        f"{STAFF}/recent.py",
        "if not gives_rights or (looks",
        "if True or (looks",
        "staff.tests.test_recent.AttackTests.test_nobody_becomes_superuser",
    ),
    Guard(
        "sessions-end-with-rights",
        "the session of somebody whose rights were taken away",
        f"{STAFF}/sessions.py",
        'if not constant_time_compare(session.get(RIGHTS, ""), rights_of(user)):',
        "if False:",
        "staff.tests.test_sessions.RightsTests.test_permission_of_a_group",
    ),
    Guard(
        "bodies-have-a-limit",
        "a large body that comes past nginx",
        "linode/backend/ekklesia/body_limits.py",
        "if _length(request) > limit * MEGABYTE:",
        "if False:",
        "ekklesia.tests.test_body_limits.LimitTests.test_the_sync_s_routes_take_more_than_all_others",
    ),
    Guard(
        "lists-have-their-own-parameters",
        "a link that staff click (CVE-2025-64459 and its kind)",
        "linode/backend/ekklesia/list_parameters.py",
        "if not names:",
        "if True:",
        "ekklesia.tests.test_list_parameters.RefusedTests.test_a_parameter_that_no_list_has",
    ),
    Guard(
        "tokens-have-scopes",
        "one function's token, used for everything",
        "linode/backend/api_access/permissions.py",
        "if route is None or not has_scope(request, route.scope):",
        "if route is None:",
        "api_access.tests.test_access.TableTests.test_a_function_may_do_what_the_table_says_and_nothing_else",
    ),
    Guard(
        "tokens-of-persons-have-their-rights",
        "the token of somebody whose rights were taken away",
        "linode/backend/api_access/permissions.py",
        "return route.right is not None and request.user.has_perm(route.right)",
        "return True",
        "api_access.tests.test_access.PersonTests.test_rights_come_and_go_with_the_person",
    ),
    Guard(
        "wheels-are-the-pinned-ones",
        "another wheel in the project's bucket",
        "ansible-free-deploy/deploy/legacy/django.py",
        "if content is None or hashlib.sha256(content).hexdigest() == pinned():",
        "if True:",
        "tests/fabric/test_legacy_django.py::test_nothing_but_the_pinned_wheel_is_taken_from_the_bucket",
    ),
    Guard(
        "packages-are-the-pinned-ones",
        "a mirror that serves another package",
        "ansible-free-deploy/deploy/legacy/debian_package.py",
        "if hashlib.sha256(answer.content).hexdigest() == self.sha256:",
        "if True:",
        "tests/fabric/test_legacy_django.py::test_the_first_place_with_the_right_file_is_taken",
    ),
    Guard(
        "copies-go-where-provisioned",
        "a deployer's own listener, which would get the host's token",
        "linode/host/ekklesia_backup/configuration.py",
        "    places.require(content, fixed)\n",
        "",
        "tests/backup/test_places.py::test_no_listener_gets_the_hosts_token",
    ),
    Guard(
        "roles-after-a-recent-log-in",
        "a browser that a superuser left open",
        "functions/members/roles.py",
        "        caller.require_recent_log_in()\n",
        "",
        "tests/functions/entry_points/test_setmemberrole.py"
        "::test_a_browser_that_was_left_open_changes_no_role",
    ),
    Guard(
        "decisions-after-a-recent-log-in",
        "the same, for what is held",
        "functions/handlers/held.py",
        "    caller.require_recent_log_in()\n",
        "",
        "tests/functions/entry_points/test_held.py::test_a_browser_that_was_left_open_decides_nothing",
    ),
    Guard(
        "only-checked-tokens-name-somebody",
        "an operator who decides in another one's name",
        "functions/runtime/invoker.py",
        "if UNCHECKED_BESIDE in request.headers:",
        "if False:",
        "tests/functions/entry_points/test_held.py::test_a_caller_without_a_name_decides_nothing",
    ),
    Guard(
        "healthz-is-closed",
        "anybody who asks how the functions are configured",
        "infra/portal_functions.py",
        "healthz=closed(",
        "healthz=public(",
        "tests/infra/test_functions.py::TestFunction::test_invokers[healthz]",
    ),
    Guard(
        "backups-are-retained",
        "whoever took over the host or the project, and removes the backups",
        "infra/backup_bucket.py",
        "        retention_policy=_retention(settings.backup_bucket, name),\n",
        "",
        "tests/infra/test_settings.py::test_locking_the_backups_is_said_in_the_preview",
    ),
    Guard(
        "hosts-know-new-tokens-first",
        "a rotation that makes calls fail, so that nobody dares to rotate",
        "infra/__main__.py",
        "firestore, [*services, *agents, accepted])",
        "firestore, [*services, *agents])",
        "tests/infra/test_wiring.py::TestSecrets"
        "::test_the_host_gets_digests_and_knows_new_tokens_before_any_function_has_one",
    ),
    Guard(
        "roles-ask-what-is-true-now",
        "the token of somebody who was a superuser",
        "functions/members/roles.py",
        "if not self.members.membership(caller.kennitala, transaction).is_superuser:",
        "if False:",
        "tests/functions/entry_points/test_setmemberrole.py"
        "::test_two_superusers_who_remove_each_other_at_once_leave_one",
    ),
    Guard(
        "foreign-pages-do-not-count",
        "a foreign page that uses up the tries of its visitors",
        "functions/handlers/login.py",
        "    _refuse_foreign_pages(request)\n",
        "",
        "tests/functions/entry_points/test_handle_kenni_auth.py::test_a_foreign_page_is_refused_before_it_counts",
    ),
)

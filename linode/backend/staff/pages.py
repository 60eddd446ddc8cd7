"""The pages of the second factor: its code, how it is set up, and how it is renewed."""

import time

import django_otp
import segno
from django.contrib import messages
from django.contrib.auth import login
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from staff import codes, known_browser, pending, recent, second_factor, sessions
from staff.attempts import TooManyFailures
from staff.log_in import too_many_failures
from staff.sealing import UnreadableSecretError, seal, unseal
from staff.texts import text

ENROLMENT = "staff_enrolment"
"""In the session: the sealed secret that is shown, until a code of it was right."""
ENROLMENT_SECONDS = 600


@sensitive_post_parameters("code")
@never_cache
def second_step(request, site):
    """Second step of the log-in: a code; who has no second factor yet sets it up."""
    user = pending.of(request)
    if user is None:
        return redirect("admin:login")
    try:
        if second_factor.of(user) is None:
            return _enrol(site, request, user)
        return _ask_for_code(site, request, user)
    except TooManyFailures as failures:
        return too_many_failures(request, failures.seconds, site.each_context(request))


@sensitive_post_parameters("code")
@never_cache
def renew(request, site):
    """For who is logged in: new recovery codes or a new phone, after another code; or the first phone."""
    authenticator = second_factor.of(request.user)
    try:
        if authenticator is None or _is_set_up(request):
            return _enrol(site, request, request.user, replace=authenticator is not None)
        return _renew(site, request, authenticator)
    except TooManyFailures as failures:
        return too_many_failures(request, failures.seconds, site.each_context(request))


def _ask_for_code(site, request, user):
    if request.method == "POST":
        authenticator = second_factor.check(user, request.POST.get("code", ""), _address(request))
        if authenticator:
            before = authenticator.recovery_codes.count()
            if not codes.is_of_app(request.POST["code"]):
                messages.warning(request, text("code.recovery_used", left=before))
            return known_browser.remember(redirect(_finish(request, user, authenticator)), user)
    return _page(site, request, "code", wrong=request.method == "POST")


def _enrol(site, request, user, replace=False):
    secret = _secret_of(request)
    wrong = request.method == "POST" and "code" in request.POST
    step = codes.step_of(request.POST["code"], secret, after=-1) if wrong else None
    if step is not None:
        try:
            shown = second_factor.enrol(user, secret, step, replace)
        except second_factor.AlreadyEnrolledError:
            return _enrolled_meanwhile(request)
        return _enrolled(site, request, user, shown)
    address = codes.address_for_apps(secret, user.get_username())
    picture = segno.make(address, micro=False).svg_data_uri(scale=5)
    return _page(site, request, "enrol", wrong=wrong, picture=picture, secret=codes.shown(secret))


def _enrolled(site, request, user, shown):
    del request.session[ENROLMENT]
    authenticator = second_factor.of(user)
    if request.user.is_authenticated:
        destination = reverse("admin:index")
        _remember(request, authenticator)
    else:
        destination = _finish(request, user, authenticator)
    page = _page(site, request, "recovery_codes", codes=shown, destination=destination)
    return known_browser.remember(page, user)


def _enrolled_meanwhile(request):
    request.session.flush()
    messages.error(request, text("enrol.already"))
    return redirect("admin:login")


def _renew(site, request, authenticator):
    if request.method == "POST":
        checked = second_factor.check(request.user, request.POST.get("code", ""), _address(request))
        if checked and "app" in request.POST:
            _set_up(request)
            return redirect("admin:second_factor_renew")
        if checked:
            shown = second_factor.renew_recovery_codes(checked)
            return _page(site, request, "recovery_codes", codes=shown, destination=reverse("admin:index"))
    left = authenticator.recovery_codes.count()
    return _page(site, request, "renew", wrong=request.method == "POST", left=left)


def _finish(request, user, authenticator):
    """Log in with both factors; where the person wants to go."""
    destination = pending.end(request)
    login(request, user)
    _remember(request, authenticator)
    recent.note(request)
    return destination


def _remember(request, authenticator):
    """This session has the second factor, and goes on with the rights as they are now."""
    django_otp.login(request, authenticator)
    sessions.renew_rights(request)


def _set_up(request):
    """A new secret for this session: another one for each, since whoever saw it knows its codes."""
    secret = codes.new_secret()
    request.session[ENROLMENT] = {"secret": seal(secret), "at": int(time.time())}
    return secret


def _is_set_up(request):
    return time.time() - request.session.get(ENROLMENT, {"at": 0})["at"] < ENROLMENT_SECONDS


def _secret_of(request):
    if not _is_set_up(request):
        return _set_up(request)
    try:
        return unseal(request.session[ENROLMENT]["secret"])
    except UnreadableSecretError:
        return _set_up(request)


def _address(request):
    return request.META.get("REMOTE_ADDR", "")


def _page(site, request, name, wrong=False, **values):
    values.update(site.each_context(request), title=text(name.split("_")[0] + ".title"), wrong=wrong)
    return render(request, "staff/{}.html".format(name), values)

"""The page that asks who is logged in for both factors again, before they give rights."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from staff import recent, second_factor
from staff.attempts import TooManyFailures
from staff.log_in import too_many_failures
from staff.own_password import is_own
from staff.texts import text


@sensitive_post_parameters("password", "code")
@never_cache
def confirm(request, site):
    """Ask for password and code; on to where the person wanted to go. Without a second factor: set it up."""
    if second_factor.of(request.user) is None:
        messages.warning(request, text("confirm.enrol"))
        return redirect("admin:second_factor_renew")
    try:
        if request.method == "POST" and _proves_both(request):
            request.session.cycle_key()
            recent.note(request)
            return redirect(recent.destination(request))
    except TooManyFailures as failures:
        return too_many_failures(request, failures.seconds, site.each_context(request))
    context = dict(site.each_context(request), title=text("confirm.title"), wrong=request.method == "POST")
    return render(request, "staff/confirm.html", context)


def _proves_both(request):
    """Whether both are right; a wrong password uses up no code. Raises TooManyFailures."""
    if not is_own(request, request.POST.get("password", "")):
        return False
    code, address = request.POST.get("code", ""), request.META.get("REMOTE_ADDR", "")
    return second_factor.check(request.user, code, address) is not None

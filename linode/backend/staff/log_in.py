"""The first step of the log-in: name and password."""

import math

from django.conf import settings
from django.contrib import messages
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth import login
from django.contrib.auth.views import LoginView
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html

from staff import pending, second_factor
from staff.texts import text


class PasswordStep(LoginView):
    """Asks for name and password. Who has, or must have, a second factor is not logged in by them."""

    authentication_form = AdminAuthenticationForm
    template_name = "admin/login.html"

    def form_valid(self, form):
        """On to the second factor; before the day from which it is required, in, with a reminder."""
        user = form.get_user()
        if second_factor.is_required(user):
            pending.begin(self.request, user, self.get_success_url())
            return redirect("admin:second_factor")
        login(self.request, user)
        messages.warning(self.request, reminder())
        return redirect(self.get_success_url())

    def form_invalid(self, form):
        """The form again; or, while the limit is reached, when to try again."""
        failures = getattr(self.request, "too_many_failures", None)
        if failures is None:
            return super().form_invalid(form)
        return too_many_failures(self.request, failures.seconds, self.extra_context)


def reminder():
    """Until when the person has to enrol, and where."""
    day = date_format(settings.SECOND_FACTOR_FROM, "SHORT_DATE_FORMAT")
    link = format_html('<a href="{}">{}</a>', reverse("admin:second_factor_renew"), text("enrol.link"))
    return format_html("{} {}", text("enrol.reminder", day=day), link)


def too_many_failures(request, seconds, frame):
    """429, with the frame of the admin's pages."""
    context = dict(frame, title=text("attempts.title"), minutes=math.ceil(seconds / 60))
    answer = render(request, "staff/too_many_failures.html", context, status=429)
    answer["Retry-After"] = str(seconds)
    return answer

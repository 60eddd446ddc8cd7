"""The log-in page: name and password."""

import math

from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth.views import LoginView
from django.shortcuts import render

from staff.texts import text


class PasswordStep(LoginView):
    """Asks for name and password."""

    authentication_form = AdminAuthenticationForm
    template_name = "admin/login.html"

    def form_invalid(self, form):
        """The form again; or, while the limit is reached, when to try again."""
        failures = getattr(self.request, "too_many_failures", None)
        if failures is None:
            return super().form_invalid(form)
        return too_many_failures(self.request, failures.seconds, self.extra_context)


def too_many_failures(request, seconds, frame):
    """429, with the frame of the admin's pages."""
    context = dict(frame, title=text("attempts.title"), minutes=math.ceil(seconds / 60))
    answer = render(request, "staff/too_many_failures.html", context, status=429)
    answer["Retry-After"] = str(seconds)
    return answer

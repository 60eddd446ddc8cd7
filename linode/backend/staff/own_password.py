"""The password of whoever is logged in: whether one is it, and the page on which it is changed.

Guesses count as they do at the log-in: a session that was stolen is not a place to guess the password from.
"""

from django import forms
from django.contrib.admin.forms import AdminPasswordChangeForm
from django.contrib.auth import authenticate
from django.contrib.auth.views import PasswordChangeView


def is_own(request, password):
    """Whether it is the password of the person who is logged in. Raises TooManyFailures."""
    user = authenticate(request, username=request.user.get_username(), password=password)
    if getattr(request, "too_many_failures", None):
        raise request.too_many_failures
    return user is not None and user.pk == request.user.pk


class OwnPasswordForm(AdminPasswordChangeForm):
    """Django's form, with `is_own`."""

    request = None

    def clean_old_password(self):
        """The present password, if it is right. Raises ValidationError or TooManyFailures."""
        password = self.cleaned_data["old_password"]
        if not is_own(self.request, password):
            wrong = "password_incorrect"
            raise forms.ValidationError(self.error_messages[wrong], code=wrong)
        return password


class OwnPassword(PasswordChangeView):
    """Django's page, with that form."""

    form_class = OwnPasswordForm
    template_name = "registration/password_change_form.html"

    def get_form(self, form_class=None):
        """The form, which knows from where it was sent."""
        form = super().get_form(form_class)
        form.request = self.request
        return form

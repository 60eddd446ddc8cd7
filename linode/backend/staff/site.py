"""The admin, with our own log-in, and limits on guesses wherever a password is asked for."""

from functools import partial

from django.conf import settings
from django.contrib.admin import AdminSite
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from wording.djangos_gaps import Scripts


class StaffSite(AdminSite):
    """Django's admin; only what asks for a password differs."""

    site_header = site_title = "Félagakerfi"
    front_page = ["membership", "communication", "sync", "auth", "api_access"]
    """The applications in the order in which staff need them."""
    last = ["Union", "Title"]
    """Models that are seldom looked at."""

    def get_app_list(self, request, *arguments, **keywords):
        """Django's, with members first."""
        applications = super().get_app_list(request, *arguments, **keywords)
        for application in applications:
            application["models"].sort(key=lambda model: model["object_name"] in self.last)
        places = {name: place for place, name in enumerate(self.front_page)}
        return sorted(applications, key=lambda each: places.get(each["app_label"], len(places)))

    def each_context(self, request):
        """Django's, with the portal as the site that the pages link to."""
        return dict(super().each_context(request), site_url=settings.PORTAL_URL or None)

    def get_urls(self):
        """Django's, and those of the second factor."""
        from staff import confirm_page, pages

        def of_site(page):
            return partial(page, site=self)

        own = [
            path("second-factor/", of_site(pages.second_step), name="second_factor"),
            path("second-factor/renew/", self.admin_view(of_site(pages.renew)), name="second_factor_renew"),
            path(
                "second-factor/confirm/",
                self.admin_view(of_site(confirm_page.confirm)),
                name="second_factor_confirm",
            ),
        ]
        return own + super().get_urls()

    def i18n_javascript(self, request, extra_context=None):
        """See AdminSite."""
        return Scripts.as_view(packages=["django.contrib.admin"])(request)

    @method_decorator(never_cache)
    def login(self, request, extra_context=None):
        """Ask for name and password; who is logged in already goes to the first page."""
        from staff.log_in import PasswordStep

        if request.method == "GET" and self.has_permission(request):
            return redirect("admin:index")
        context = dict(
            self.each_context(request),
            title=gettext("Log in"),
            app_path=request.get_full_path(),
            username=request.user.get_username(),
        )
        if REDIRECT_FIELD_NAME not in request.GET and REDIRECT_FIELD_NAME not in request.POST:
            context[REDIRECT_FIELD_NAME] = reverse("admin:index")
        context.update(extra_context or {})
        request.current_app = self.name
        return PasswordStep.as_view(extra_context=context)(request)

    def password_change(self, request, extra_context=None):
        """Django's page, on which guesses count."""
        from staff.attempts import TooManyFailures
        from staff.log_in import too_many_failures
        from staff.own_password import OwnPassword

        context = dict(self.each_context(request), **(extra_context or {}))
        request.current_app = self.name
        done = reverse("admin:password_change_done", current_app=self.name)
        try:
            return OwnPassword.as_view(success_url=done, extra_context=context)(request)
        except TooManyFailures as failures:
            return too_many_failures(request, failures.seconds, context)

"""Every address of the site: the admin at /admin/, all else under /felagar/."""

from django.contrib import admin
from django.urls import include, path, re_path
from django.views.generic import RedirectView

from ekklesia.health import healthz
from ekklesia.json_errors import not_found

handler500 = "ekklesia.outage.server_error"

felagar = [
    path("healthz/", healthz, name="healthz"),
    path("admin/", RedirectView.as_view(url="/admin/"), name="admin-redirect"),
    path("letters/", include("communication.urls")),
    path("api/sync/", include("sync.urls")),
    path("api/", include("membership.urls")),
    re_path(r"", not_found),
]

urlpatterns = [path("admin/", admin.site.urls), path("felagar/", include(felagar))]

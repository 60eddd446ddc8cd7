"""Addresses under /felagar/api/sync/."""

from django.urls import path, re_path

from sync import views
from sync.search_view import Search

urlpatterns = [
    path("changes/", views.Changes.as_view(), name="sync-changes"),
    path("epoch/", views.Epoch.as_view(), name="sync-epoch"),
    path("apply/", views.Apply.as_view(), name="sync-apply"),
    path("release/", views.Release.as_view(), name="sync-release"),
    path("restored/", views.Restored.as_view(), name="sync-restored"),
    path("held/", views.Held.as_view(), name="sync-held"),
    path("erasures/", views.Erasures.as_view(), name="sync-erasures"),
    path("mark-synced/", views.MarkSynced.as_view(), name="sync-mark-synced"),
    path("hashes/", views.Hashes.as_view(), name="sync-hashes"),
    path("search/", Search.as_view(), name="sync-search"),
    path("status/", views.Status.as_view(), name="sync-status"),
    re_path(r"^member/(?P<ssn>[0-9]{10})/$", views.Member.as_view(), name="sync-member"),
]

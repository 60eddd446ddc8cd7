"""Addresses under /felagar/api/sync/."""

from django.urls import path, re_path

from sync import views

urlpatterns = [
    path("changes/", views.Changes.as_view()),
    path("apply/", views.Apply.as_view()),
    path("mark-synced/", views.MarkSynced.as_view()),
    path("hashes/", views.Hashes.as_view()),
    path("status/", views.Status.as_view()),
    re_path(r"^member/(?P<ssn>[0-9]{10})/$", views.Member.as_view()),
]

"""Addresses under /felagar/api/ that are not the sync's."""

from django.urls import include, path, re_path
from rest_framework.routers import SimpleRouter

from membership.views import ForeignAddressViewSet, FullViewSet

members = SimpleRouter()
members.register("full", FullViewSet)

addresses = SimpleRouter()
addresses.register("foreign-addresses", ForeignAddressViewSet, basename="foreign-address")

urlpatterns = [
    path("", include(members.urls)),
    re_path(r"^members/(?P<ssn>[0-9]{10})/", include(addresses.urls)),
]

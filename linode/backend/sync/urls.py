"""Addresses under /felagar/api/sync/."""
urlpatterns = []

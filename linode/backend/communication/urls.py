"""Addresses under /felagar/letters/: the page behind the link in each letter."""

from django.urls import path

from communication.leaving_page import leave

urlpatterns = [path("<str:signed>/", leave, name="leave")]

"""Pulumi providers that realise the production program's resources on one machine."""

"""Releases: what of `linode/` is deployed, its migrations, the switch to it and the way back."""

"""Hosts that are broken: a list for each part of them (`broken_hosts.py` joins them)."""

"""Provisioning: the state that a host is brought to, and the operations that bring it there."""

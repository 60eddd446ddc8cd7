"""The Debian host of a world: a real Debian with systemd and sshd in a container, like a fresh Linode."""

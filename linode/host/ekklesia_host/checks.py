"""What only root can see of whether the host is as it was set up; nothing here changes it."""

from ekklesia_host import programs

CHECKS = {
    "firewall": ["nft", "list", "table", "inet", "ekklesia"],
    "nginx": ["nginx", "-t", "-q"],
    "packages": ["sh", "-c", 'told=$(dpkg --audit) && { [ -z "$told" ] || { echo "$told" >&2; exit 1; }; }'],
    "ssh": ["sh", "-c", "told=$(sshd -T) && echo \"$told\" | grep -qix 'passwordauthentication no'"],
}


def complaints():
    """By the name of each check: the end of what it complains of, or empty if all is as it should be."""
    return {name: programs.complaint(words) for name, words in CHECKS.items()}

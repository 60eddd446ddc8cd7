"""What only root can see of whether the host is as it was set up; nothing here changes it."""

from ekklesia_host import database, foreign, programs, written
from ekklesia_host.errors import HostError

SAME_RULES = """
now=$(nft --stateless list table inet ekklesia) || exit 1
file='nft -f /etc/nftables.conf && nft --stateless list table inet ekklesia'
wanted=$(unshare --net sh -c "$file") || exit 1
[ "$now" = "$wanted" ] || { echo "other rules are loaded than those in /etc/nftables.conf" >&2; exit 1; }
"""
"""The file's rules are loaded where there is no network, and listed there in the same form."""
LOCALHOST = r"grep -Eqs '^127\.0\.0\.1[[:space:]](.*[[:space:]])?localhost' /etc/hosts"
SETTINGS = """
for name in DJANGO_SECRET_KEY DATABASE_URL SECOND_FACTOR_KEYS; do
    grep -qs "^$name=." "$1" || { echo "$1 lacks $name" >&2; exit 1; }
done
[ -s "$2" ] || { echo "$2 is empty" >&2; exit 1; }
awk 'length($0) >= 131072 { exit 1 }' "$2" || { echo "$2 has a line with which nothing starts" >&2; exit 1; }
for key in "$3" "$4"; do
    openssl pkey -noout -in "$key" || { echo "$key is no key" >&2; exit 1; }
done
"""
COMMANDS = {
    "firewall": ["sh", "-c", SAME_RULES],
    "localhost": ["sh", "-c", LOCALHOST],
    "nginx": ["nginx", "-t", "-q"],
    "packages": ["sh", "-c", 'told=$(dpkg --audit) && { [ -z "$told" ] || { echo "$told" >&2; exit 1; }; }'],
}
OTHERS = {
    "files": lambda settings: written.complaint(settings.written),
    "foreign": foreign.files,
    "ssh": foreign.sshd,
    "tables": database.damage,
}
NAMES = frozenset(COMMANDS) | frozenset(OTHERS) | {"settings"}


def complaints(settings):
    """By the name of each check: the end of what it complains of, or empty if all is as it should be."""
    secrets = [
        settings.host_environment,
        settings.django_environment,
        settings.nudge_key,
        settings.backup_key,
    ]
    commands = dict(COMMANDS, settings=["sh", "-c", SETTINGS, "sh"] + secrets)
    found = {name: programs.complaint(words) for name, words in commands.items()}
    return dict(found, **{name: _asked(check, settings) for name, check in OTHERS.items()})


def _asked(check, settings):
    """What a check complains of; a check that cannot be made hinders no other."""
    try:
        return check(settings)
    except (HostError, OSError) as error:
        return str(error)

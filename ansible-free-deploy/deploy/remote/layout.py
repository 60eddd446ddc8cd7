"""Where things are on the host.

/srv/ekklesia/releases/NAME   backend/, host/, requirements/, RELEASE, REVISION, environment -> ENVIRONMENT
/srv/ekklesia/current         -> releases/NAME: the release that serves
/srv/ekklesia/environments    Python environments, by the hash of what is installed in them
/srv/ekklesia/shared          lock, journal, an unfinished switch, the maintenance page
/srv/ekklesia/locks           the lock that commands of a deploy hold
/srv/ekklesia/backups         encrypted backups with their checksums (root only)
/srv/ekklesia/media           uploaded files
/etc/ekklesia                 settings and keys (root only)

`releases`, `environments` and `shared` belong to the user who deploys; the rest, and the folder around them,
belong to root. So nothing that root reads or writes can be exchanged for a link to something else.
"""

from __future__ import annotations

BASE = "/srv/ekklesia"
RELEASES = f"{BASE}/releases"
CURRENT = f"{BASE}/current"
ENVIRONMENTS = f"{BASE}/environments"
SHARED = f"{BASE}/shared"
LOCKS = f"{BASE}/locks"
BACKUPS = f"{BASE}/backups"
MEDIA = f"{BASE}/media"
MEDIA_RESTORED = f"{MEDIA}-restored"
MEDIA_BEFORE_RESTORE = f"{MEDIA}-before-restore"
EXCHANGE = f"{BASE}/exchange"
"""Root's own: which restored database is about to become the live one."""

LOCK = f"{SHARED}/deploy.lock"
LOCK_HOLDER = f"{SHARED}/deploy.holder"
RUNNING = f"{LOCKS}/running.lock"
"""It belongs to the user who deploys; its folder does not, because root takes it, too."""
JOURNAL = f"{SHARED}/journal.jsonl"
SWITCH = f"{SHARED}/switch.json"
DRILL = f"{SHARED}/drill.json"
"""How the last restore drill went."""
MAINTENANCE = f"{SHARED}/maintenance.json"
INCIDENT = f"{SHARED}/incident.json"
"""How far the last order to revoke everything has come."""

CONFIGURATION = "/etc/ekklesia"
HOST_ENVIRONMENT = f"{CONFIGURATION}/host.env"
"""Django's secret key and the database's password; made on the host, and they never leave it."""
DJANGO_ENVIRONMENT = f"{CONFIGURATION}/ekklesia.env"
"""Written by `fab configure`: the settings that the cloud decides."""
API_TOKENS = f"{CONFIGURATION}/api-tokens.json"
"""Function → the SHA-256 of the token with which it calls the API; written by `fab tokens.accept`."""
NUDGE_KEY = f"{CONFIGURATION}/nudge-key.pem"
BACKUP_KEY = f"{CONFIGURATION}/backup-key.pem"
"""Proves to Google that the host's backup asks. The site can read the nudge's key, but not this one."""
BACKUP_SETTINGS = f"{CONFIGURATION}/backup.json"
OFFSITE_SETTINGS = f"{CONFIGURATION}/offsite.json"
"""Written by `fab configure`: where copies of backups go."""
COPY_PLACES = f"{CONFIGURATION}/copy-places.json"
"""Written by `fab provision`: the only places to which copies may go (`remote/copy_places.py`)."""
HOST_SETTINGS = f"{CONFIGURATION}/host.json"
"""What the host's root-owned program reads (`linode/host/ekklesia_host/settings.py`)."""
PROVISIONED = f"{CONFIGURATION}/provisioned"
"""Which wanted state the last provisioning brought the host to (`provision/digest.py`)."""
WRITTEN = f"{CONFIGURATION}/written.json"
"""Written by `fab provision`: each file and folder that it keeps, with owner, mode and checksum."""
GUNICORN_HOOKS = f"{CONFIGURATION}/gunicorn_hooks.py"

PREVIOUS_SITE = f"{CONFIGURATION}/former"
"""The previous site's units and nginx sites as they were, and a file `serves` while it serves.

Existing hosts have this folder name and the units' prefix below, so both stay as they are.
"""

APP_USER = "ekklesia"
DATABASE = "ekklesia"
DATABASE_FILES = "/var/lib/postgresql"
REPOSITORY = "/var/lib/pgbackrest"
"""Of pgBackRest: the database's write-ahead log and base backups of about a day, not encrypted."""
REPOSITORY_SETTINGS = "/etc/pgbackrest.conf"
STANZA = "main"
"""What pgBackRest calls the database cluster."""
RECOVERY = f"{DATABASE_FILES}/ekklesia-recovery"
"""Where a second server recovers the database to a moment; it is removed afterwards."""
RECOVERY_SOCKET = "/run/ekklesia-recovery"
WEB_SERVER_USER = "www-data"
SERVICE = "gunicorn.service"
SOCKET = "gunicorn.socket"
MAIL_SERVICE = "ekklesia-mail.service"
PREVIOUS_PREFIX = "former-"
PREVIOUS_SERVICE = f"{PREVIOUS_PREFIX}{SERVICE}"
PREVIOUS_SOCKET = f"{PREVIOUS_PREFIX}{SOCKET}"
HEALTH_PATH = "/felagar/healthz/"
BACKUP_COMMAND = "/usr/local/sbin/ekklesia-backup"
PROGRAMS = "/usr/local/lib/ekklesia"
"""The Python packages of the host's own programs, which only root can change."""
PREVIOUS_SITE_SCRIPTS = f"{PROGRAMS}/previous-site"
HOST_COMMAND = "/usr/local/sbin/ekklesia-host"
"""What the user who deploys may run as root."""
BACKUP_COPY_SERVICE = "ekklesia-backup-copy.service"
BASE_BACKUP_SERVICE = "ekklesia-base-backup.service"
REPOSITORY_COPY_SERVICE = "ekklesia-repository-copy.service"
EGRESS = "/etc/ekklesia-egress"
EGRESS_USER = "ekklesia-egress"
"""Whom alone the firewall lets out by HTTPS; also the name of its unit."""
EGRESS_PORT = 3128
EGRESS_URL = f"http://127.0.0.1:{EGRESS_PORT}"
TLS = "/etc/ssl/ekklesia"

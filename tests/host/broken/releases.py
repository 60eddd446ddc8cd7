"""The releases are broken: their files, their Python, the journal and the lock of deploys."""

from __future__ import annotations

from tests.host.broken.broken import BASE, RELEASES, RESTART, SHARED, Broken, deployed, provisioned

ENVIRONMENT = f"$(readlink {BASE}/current/environment)"
SWITCH = f"""cd {RELEASES}; name=$(readlink ../current | xargs basename);\
 echo "{{\\"before\\": \\"$name\\", \\"after\\": \\"$name\\"}}" > {SHARED}/switch.json"""
OLD = "0123456789ab-20200101T000000Z"
JOURNAL = f"{SHARED}/journal.jsonl"
HOLDER = (
    '{\\"who\\": \\"eva@laptop\\", \\"since\\": \\"Friday\\", \\"for\\": \\"deploy\\", \\"pid\\": \\"$$$$\\"'
)
HELD = (
    f"systemd-run --quiet --collect --unit=broken-lock --uid=manager sh -c 'exec 9>>{SHARED}/deploy.lock;"
    f' flock 9; echo "{HOLDER}, \\"session\\": \\"$$$$\\"}}" > {SHARED}/deploy.holder; sleep 3600; true\';'
    f" timeout 20 sh -c 'until ! flock --nonblock {SHARED}/deploy.lock true; do sleep 0.1; done'; sleep 1"
)

MOVED = "/run/broken-releases"
SMALL_DISK = (
    f"mkdir -p {MOVED}; mount -t tmpfs -o size=1200M,nr_inodes=60k,mode=755 tmpfs {MOVED};"
    f" chown manager:manager {MOVED}; cp -a {RELEASES}/. {MOVED}; mount --bind {MOVED} {RELEASES}"
)
"""The releases on a disk of their own."""
LARGE_AGAIN = (
    f"umount --lazy {RELEASES}; cp -a --no-clobber {MOVED}/. {RELEASES}; umount --lazy {MOVED}; {RESTART}"
)
LEFT = f"{RELEASES}/.partial-{OLD}"

RELEASES_OF_IT = (
    deployed("`current` is gone", f"rm {BASE}/current; systemctl stop gunicorn.service",
             "nothing is deployed"),
    deployed("a deploy was cut off before it switched", SWITCH, "was interrupted"),
    deployed("the Python environment that serves was emptied", f"rm -rf {ENVIRONMENT}/lib; {RESTART}",
             "it does not answer as it should"),
    deployed("every Python environment was deleted", f"rm -rf {BASE}/environments/*; {RESTART}",
             "the release that serves has none"),
    deployed("every Python environment was deleted in the middle of a deploy",
             f"{SWITCH}; rm -rf {BASE}/environments/*; {RESTART}", "was interrupted"),
    deployed("the release has lost its Python environment", f"rm {BASE}/current/environment; {RESTART}",
             "the release that serves has none"),
    deployed("a file of the release was edited by hand",
             f"echo '# mended' >> {BASE}/current/backend/manage.py", "1 files were edited on the host",
             "--force"),
    deployed("the static files of the release are gone", f"rm -rf {BASE}/current/backend/static",
             "static files: those of the release", "--force"),
    deployed("the journal is gone", f"rm {JOURNAL}", "journal: it is gone"),
    deployed("the journal was cut off in a line", f"truncate --size=-9 {JOURNAL}",
             "journal: it was cut off in a line"),
    deployed("the journal is root's", f"chown root:root {JOURNAL}; chmod 644 {JOURNAL}",
             f"owner of {JOURNAL}", "--force"),
    provisioned("the journal is root's, and nobody else reads it",
                f"chown root:root {JOURNAL}; chmod 600 {JOURNAL}", "journal: it cannot be read", "books"),
    provisioned("the files of an old release are root's",
                f"cp -a $(readlink {BASE}/current) {RELEASES}/{OLD}; chown -R root:root {RELEASES}/{OLD}",
                f"owner of {RELEASES}/", "releases"),
    provisioned("root left a folder in what is left of an upload",
                f"mkdir -p {RELEASES}/.partial-{OLD}/x; chmod 700 {RELEASES}/.partial-{OLD}",
                f"owner of {RELEASES}/", "releases"),
    provisioned("the folder of the releases is root's", f"chown root:root {RELEASES}",
                f"{RELEASES} is another's", "files"),
    provisioned("the lock of deploys is root's",
                f"chown root:root {SHARED}/deploy.lock; chmod 600 {SHARED}/deploy.lock",
                f"owner of {SHARED}/deploy.lock", "books"),
    deployed("uploads that were cut off have filled the disk of the releases",
             f"{SMALL_DISK}; head -c 2G /dev/zero > {LEFT}.tar.gz; chown manager {LEFT}.tar.gz",
             f"disk {RELEASES}: 100 % used", "--force", after=LARGE_AGAIN),
    deployed("uploads that were cut off have taken every inode of the releases' disk",
             f"{SMALL_DISK}; mkdir {LEFT}; cd {LEFT}; seq 62000 | xargs touch; chown -R manager {LEFT}",
             f"disk {RELEASES}: 100 % of its inodes used", "--force", after=LARGE_AGAIN),
    Broken("a deploy hangs that nobody watches any more", HELD, "eva@laptop since Friday for deploy",
           ("unlock",)),
)  # fmt: skip

"""The names that the host's proxy goes to because the cloud's settings name them, Google's only.

`fab provision` writes the other names; who deploys cannot add one that is not Google's.
"""

import os
import re

from ekklesia_host import programs

URL = re.compile(r"https://([a-z0-9-]+(?:\.[a-z0-9-]+)*)(?::443)?(?:/|$)")
GOOGLES = (".googleapis.com", ".run.app", ".cloudfunctions.net")


def allow(settings, values):
    """Let the proxy go to the hosts of those values that are URLs of Google's, and to no earlier ones."""
    found = filter(None, map(URL.match, values))
    hosts = sorted({match.group(1) for match in found if match.group(1).endswith(GOOGLES)})
    text = "".join("^{}$\n".format(host.replace(".", "[.]")) for host in hosts)
    path = os.path.join(settings.egress, "names.configured")
    with open(path, encoding="ascii") as file:
        if file.read() == text:
            return
    with open(path + ".new", "w", encoding="ascii") as file:
        file.write(text)
    os.rename(path + ".new", path)
    programs.output(["systemctl", "try-restart", settings.egress_user + ".service"])

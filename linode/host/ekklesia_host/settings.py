"""Where things are on this host, as `fab provision` wrote it down; only root can change that."""

import json

from ekklesia_host.errors import HostError

FILE = "/etc/ekklesia/host.json"


class Settings:
    """The host's layout and names, each an attribute (`deploy/provision/host_program.py` writes them)."""

    def __init__(self, content):
        self.__dict__.update(content)

    def __getattr__(self, name):
        raise HostError("{} does not say {}; run `fab provision`".format(FILE, name))

    def folder(self, release):
        """The folder of a release, or of the one that serves."""
        return self.current if release == "current" else "{}/{}".format(self.releases, release)


def load(path=None):
    """The settings. Raises HostError if there are none."""
    try:
        with open(path or FILE, encoding="utf-8") as file:
            return Settings(json.load(file))
    except (OSError, ValueError) as error:
        raise HostError("{}: {}; run `fab provision`".format(path or FILE, error))

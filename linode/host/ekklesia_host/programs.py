"""Runs this machine's own programs: by name from a fixed path, with an environment that nobody else made."""

import os
import subprocess

from ekklesia_host.errors import HostError

SHOWN_LINES = 2


def isolate():
    """Forget everything that the caller could have set."""
    os.environ.clear()
    os.environ.update({"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8"})
    os.chdir("/")
    os.umask(0o022)


def run(words, stdin=None):
    """Run it with this process's input and output; its exit status."""
    return subprocess.call(words, stdin=stdin)


def output(words, content=""):
    """What it prints. Raises HostError with the end of its complaint if it fails."""
    done = subprocess.run(
        words,
        input=content,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        universal_newlines=True,
        check=False,
    )
    if done.returncode:
        lines = [line.strip() for line in done.stderr.splitlines() if line.strip()][-SHOWN_LINES:]
        raise HostError("{}: {}".format(words[0], " / ".join(lines) or done.returncode))
    return done.stdout


def complaint(words, environment=None):
    """The end of what it complains of; empty if it ends well. What it prints otherwise is thrown away."""
    done = subprocess.run(
        words,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        universal_newlines=True,
        env=dict(os.environ, **(environment or {})),
        check=False,
    )
    if not done.returncode:
        return ""
    lines = [line.strip() for line in done.stderr.splitlines() if line.strip()]
    return " / ".join(lines[-SHOWN_LINES:]) or "{}: exit status {}".format(words[0], done.returncode)

"""How the host is brought to a wanted state: pure functions from its state to the missing commands.

Every operation is idempotent: if its fact is as wanted, it has no commands. The commands of one operation run
as one script, so a client that dies in between leaves no service that was told only half.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from deploy.provision import facts
from deploy.provision.facts import Fact

INDEX_MAX_AGE_MINUTES = 24 * 60
LOCK_SECONDS = 300
APT_OPTIONS = f"-o DPkg::Lock::Timeout={LOCK_SECONDS} -o Dpkg::Options::=--force-confold"
APT = f"DEBIAN_FRONTEND=noninteractive apt-get --yes {APT_OPTIONS}"
CONFIGURE = "DEBIAN_FRONTEND=noninteractive dpkg --force-confold --configure --pending"
"""The command that completes what an interrupted dpkg left."""
LOCKS_OF_APT = "^/var/(lib/dpkg/lock|lib/dpkg/lock-frontend|lib/apt/lists/lock|cache/apt/archives/lock) "


@dataclass(frozen=True)
class Operation:
    """A wanted state: its title, the fact to ask, and the commands (as root) that the answer calls for."""

    title: str
    fact: Fact
    plan: Callable[[Any], list[str]]
    content: str = ""
    """Standard input of the commands, for what must not be in a command line."""
    leaves: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Path → what is there afterwards (`owner`, `group`, `mode`, of a file also `sha256`)."""
    contents: Mapping[str, str] = field(default_factory=dict)
    """Path → the content of a file that it leaves."""
    ahead: Callable[[Any], str] = lambda _: ""
    """What a person is told before the commands run, if they may take long."""
    paths: tuple[str, ...] = ()
    """Whatever its commands may change below /etc, so that `together` can put it back."""


def packages(names: list[str]) -> Operation:
    """Debian packages are installed, whatever their version."""

    def plan(installed: set[str]) -> list[str]:
        missing = [name for name in names if name not in installed]
        if not missing:
            return []
        fresh = f"find /var/lib/apt/lists -maxdepth 1 -name '*Packages*' -mmin -{INDEX_MAX_AGE_MINUTES}"
        install = f"{APT} install --no-install-recommends {shlex.join(missing)}"
        return [f'[ -n "$({fresh} 2>/dev/null)" ] || {APT} update', install]

    return Operation("packages", facts.packages(names), plan)


def file(  # noqa: PLR0913 (all but two by name)
    path: str,
    content: str,
    *,
    mode: str = "644",
    owner: str = "root",
    group: str = "root",
    check: str = "",
    then: str = "",
) -> Operation:
    """A file has this content, owner and mode.

    `check` is a command that judges the new content in the file `$NEW` before it takes the old one's place;
    `then` makes the file's reader load it; if that fails, the old file is put back.
    """
    wanted = {"owner": owner, "group": group, "mode": mode, "sha256": sha256(content.encode()).hexdigest()}

    def plan(present: dict[str, str] | None) -> list[str]:
        if present == wanted:
            return []
        target = shlex.quote(path)
        write = [f"NEW={target}.new", "umask 077", 'cat > "$NEW"', f'chown {owner}:{group} "$NEW"']
        write += [f'chmod {mode} "$NEW"', *([check] if check else [])]
        return [*write, *_replace(target, then)]

    left, contents = {path: wanted}, {path: content}
    return Operation(path, facts.file(path), plan, content, left, contents, paths=(path,))


def _replace(target: str, then: str) -> list[str]:
    if not then:
        return [f'mv "$NEW" {target}']
    keep = f'OLD={target}.old; rm -f "$OLD"; [ ! -e {target} ] || cp -p {target} "$OLD"'
    undo = f'{{ if [ -e "$OLD" ]; then mv "$OLD" {target}; else rm -f {target}; fi; exit 1; }}'
    return [keep, f'mv "$NEW" {target}', f"{{ {then}; }} || {undo}", 'rm -f "$OLD"']


def no_lock_of_apt() -> Operation:
    """Waits, five minutes at most, for others who install packages: apt itself waits for one of its locks."""
    fact = facts.lock_holders(LOCKS_OF_APT)
    wait = f"""left={LOCK_SECONDS}
while [ -n "$({fact.command})" ]; do
    left=$((left - 1))
    [ "$left" -gt 0 ] || {{ echo "others install packages for more than {LOCK_SECONDS} s" >&2; exit 1; }}
    sleep 1
done"""
    return Operation(
        "nobody else installs packages", fact, lambda held: [wait] if held else [], ahead=_waiting
    )


def _waiting(held: list[str]) -> str:
    return f"waits until {', '.join(held)} has ended"


def can_be_written(folder: str) -> Operation:
    """The disk of a folder takes writes. The kernel refuses that for one that it gave up after errors."""
    disk = f'"$(findmnt --noheadings --output TARGET --target {folder})"'
    mount = f"""mount -o remount,rw {disk} || true
mount -o remount,bind,rw {disk}
[ -w {folder} ]"""
    return ensure(f"{folder} can be written", f"{{ [ ! -e {folder} ] || [ -w {folder} ]; }}", mount)


def directory(path: str, *, mode: str = "755", owner: str = "root", group: str = "root") -> Operation:
    """A directory is there, with this owner and mode."""
    wanted = {"owner": owner, "group": group, "mode": mode}

    def plan(present: dict[str, str] | None) -> list[str]:
        command = f"install -d -m {mode} -o {owner} -g {group} {shlex.quote(path)}"
        return [] if present == wanted else [command]

    return Operation(path, facts.directory(path), plan, leaves={path: wanted})


def link(path: str, target: str, then: str = "") -> Operation:
    """A symbolic link leads there."""

    def plan(present: str) -> list[str]:
        if present == target:
            return []
        return [f"ln -sfn {shlex.quote(target)} {shlex.quote(path)}", *([then] if then else [])]

    return Operation(path, facts.link(path), plan)


def absent(path: str, then: str = "") -> Operation:
    """Nothing has that name."""
    quoted = shlex.quote(path)

    def plan(present: bool) -> list[str]:
        return [f"rm -f {quoted}", *([then] if then else [])] if present else []

    return Operation(f"no {path}", facts.succeeds(f"[ -e {quoted} -o -L {quoted} ]"), plan, paths=(path,))


def user(name: str, *, groups: tuple[str, ...] = (), system: bool = False) -> Operation:
    """A user is there and in these groups. A system user has no home and no shell."""

    def plan(present: set[str] | None) -> list[str]:
        kind = "--system --user-group --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin"
        create = f"useradd {kind if system else '--create-home --shell /bin/bash'} {name}"
        missing = sorted(set(groups) - (present or set()))
        join = [f"usermod --append --groups {','.join(missing)} {name}"] if missing else []
        return [*([] if present else [create]), *join]

    return Operation(f"user {name}", facts.user(name), plan)


def unit(name: str, *, running: bool = True) -> Operation:
    """A systemd unit starts at boot and, with `running`, runs now."""

    def plan(present: dict[str, bool]) -> list[str]:
        if present["enabled"] and (present["active"] or not running):
            return []
        quoted = shlex.quote(name)
        unmask = [f"systemctl unmask {quoted}; systemctl unmask --runtime {quoted}"]
        enable = f"systemctl enable {'--now ' if running else ''}{quoted}"
        return [*(unmask if present["masked"] else []), enable]

    return Operation(f"unit {name}", facts.unit(name), plan)


def ensure(title: str, condition: str, command: str, paths: tuple[str, ...] = ()) -> Operation:
    """A condition, which is a command of its own, holds. `paths`: what the command may change."""
    return Operation(title, facts.succeeds(condition), lambda holds: [] if holds else [command], paths=paths)


def together(title: str, parts: list[Operation], then: str) -> Operation:
    """Several operations that make sense only together, as the files of a configuration that name each other.

    `then` tries them once, after the last one. If it fails, every path of theirs is put back as it was.
    """
    paths = tuple(path for part in parts for path in part.paths)

    def plan(answers: list[Any]) -> list[str]:
        planned = [part.plan(answer) for part, answer in zip(parts, answers, strict=True)]
        script = [_of_its_input(part, commands) for part, commands in zip(parts, planned, strict=True)]
        return [_all_or_nothing(script, paths, then)] if any(planned) else []

    content = "".join(part.content for part in parts)
    leaves = {path: wanted for part in parts for path, wanted in part.leaves.items()}
    contents = {path: text for part in parts for path, text in part.contents.items()}
    return Operation(title, facts.several([part.fact for part in parts]), plan, content, leaves, contents)


def _of_its_input(part: Operation, commands: list[str]) -> str:
    """The commands of one part. They read its own part of the input, which is read in any case."""
    size = len(part.content.encode())
    if not commands:
        return f"head --bytes={size} > /dev/null"
    lines = "\n".join(["set -eu", *commands])
    return f"head --bytes={size} | (\n{lines}\n)"


def _all_or_nothing(script: list[str], paths: tuple[str, ...], then: str) -> str:
    """One script that puts every path back if one of its lines, or the trial at its end, fails."""
    lines = "\n".join(script)
    each = f"for path in {shlex.join(paths)}; do"
    return f"""\
keep=$(mktemp --directory --tmpdir=/run)
{each}
    if [ -e "$path" ] || [ -L "$path" ]; then
        mkdir -p "$keep$(dirname "$path")"
        cp -a "$path" "$keep$path"
    fi
done
set +e
(
set -eu
{lines}
{then}
)
status=$?
set -e
[ "$status" -eq 0 ] || {each}
    rm -f "$path"
    if [ -e "$keep$path" ] || [ -L "$keep$path" ]; then cp -a "$keep$path" "$path"; fi
done
rm -rf "$keep"
exit "$status\""""

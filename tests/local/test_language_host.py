"""This project's own language host runs a policy pack in the pack's environment, until the engine is done."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import grpc
import pytest
from pulumi.runtime.proto import language_pb2

from local.language_host.language_host import ProgramHost

PYTHON = """#!/bin/sh
echo 4711
pwd
echo "$GREETING $*" >&2
exit 3
"""
WAITING = "#!/bin/sh\necho 4711\nexec sleep 600\n"


class AbortedError(Exception):
    """What the engine is told."""


class Context:
    """The engine's side of one call."""

    def __init__(self) -> None:
        self.cancel: Callable[[], None] = lambda: None

    def abort(self, code: grpc.StatusCode, message: str) -> None:
        raise AbortedError(f"{code.name}: {message}")

    def add_callback(self, callback: Callable[[], None]) -> None:
        self.cancel = callback


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    (tmp_path / "pack" / ".venv" / "bin").mkdir(parents=True)
    return tmp_path / "pack"


def run(pack: Path, context: Context, kind: str = "analyzer") -> Iterator[language_pb2.RunPluginResponse]:
    info = language_pb2.ProgramInfo(program_directory=str(pack))
    info.options.update({"virtualenv": ".venv"})
    request = language_pb2.RunPluginRequest(
        pwd="/", kind=kind, args=["127.0.0.1:9", "--logflow"], env=["GREETING=góðan dag"], info=info
    )
    return ProgramHost().RunPlugin(request, context)  # type: ignore[arg-type]


def install(pack: Path, script: str) -> None:
    python = pack / ".venv" / "bin" / "python"
    python.write_text(script)
    python.chmod(0o755)


def test_what_the_pack_prints_and_how_it_ends_is_passed_on(pack: Path) -> None:
    install(pack, PYTHON)
    answers = list(run(pack, Context()))
    assert b"".join(answer.stdout for answer in answers) == b"4711\n/\n"
    told = b"".join(answer.stderr for answer in answers).decode()
    assert told == f"góðan dag -u -m pulumi.policy 127.0.0.1:9 {pack} --logflow\n"
    assert answers[-1].exitcode == 3


@pytest.mark.timeout(60)
def test_a_pack_ends_when_the_engine_has_no_more_use_for_it(pack: Path) -> None:
    install(pack, WAITING)
    context = Context()
    answers = run(pack, context)
    assert next(answers).stdout == b"4711\n"
    threading.Timer(0.1, context.cancel).start()
    assert [answer.exitcode for answer in answers] == [-9]


def test_a_pack_without_its_environment_says_how_to_make_it(pack: Path) -> None:
    with pytest.raises(AbortedError, match="run `python -m local toolchain`"):
        next(run(pack, Context()))


def test_a_plugin_of_another_kind_is_refused(pack: Path) -> None:
    with pytest.raises(AbortedError, match="UNIMPLEMENTED: this host runs no plugin of the kind resource"):
        next(run(pack, Context(), kind="resource"))

"""`python -m tools audit`: asks every source, several at a time, and prints what it means."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, replace
from datetime import date
from typing import Any

from tools.audit.arguments import Argument, BadArgumentsError, load
from tools.audit.findings import CouldNotAskError, Finding
from tools.audit.sources import SOURCES, Source
from tools.audit.verdict import CLEAN, COULD_NOT_ASK, FOUND, Answer, Verdict, judge

AT_ONCE = 4
STATUSES = f"""\
exit status:
  {CLEAN}  nothing is known of any source, or all of it is accepted (tools/audit/arguments.toml)
  {FOUND}  something has to be mended
  {COULD_NOT_ASK}  nothing was found, but a source could not be asked: nothing is known of it
"""


def audit(names: Sequence[str], *, as_json: bool) -> int:
    """Ask these sources, or all of them, print the verdict, and return the exit status."""
    try:
        arguments = load()
    except BadArgumentsError as error:
        sys.exit(str(error))
    chosen = [source for source in SOURCES if not names or source.name in names]
    verdict = judge(_answers(chosen), arguments, date.today())
    if names:
        # The other sources may need them.
        verdict = replace(verdict, needless=())
    print(json.dumps(as_data(verdict), indent=2, default=str) if as_json else as_text(verdict))
    return verdict.status


def as_text(verdict: Verdict) -> str:
    """One line for each thing that somebody should know, and what it comes to."""
    lines = [_told(finding) for finding in verdict.open]
    lines += [_accepted(finding, why) for finding, why in verdict.accepted]
    lines += [f"could not ask: {source}: {reason}" for source, reason in verdict.unanswered.items()]
    lines += [f"needless in arguments.toml: {one.package} {', '.join(one.names)}" for one in verdict.needless]
    counts = (
        f"{len(verdict.open)} to mend, {len(verdict.accepted)} accepted, "
        f"{len(verdict.unanswered)} sources without an answer"
    )
    return "\n".join([*lines, counts])


def as_data(verdict: Verdict) -> dict[str, Any]:
    """The same for machines."""
    return {
        "status": verdict.status,
        "toMend": [asdict(finding) for finding in verdict.open],
        "accepted": [asdict(one) | _reason(why) for one, why in verdict.accepted],
        "couldNotAsk": dict(verdict.unanswered),
        "needless": [asdict(one) for one in verdict.needless],
    }


def _answers(sources: Sequence[Source]) -> Mapping[str, Answer]:
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return dict(zip((source.name for source in sources), pool.map(_ask, sources), strict=True))


def _ask(source: Source) -> Answer:
    try:
        answer: Answer = source.ask()
        told = f"{len(answer)} known"
    except CouldNotAskError as error:
        answer, told = str(error), "could not ask"
    # Beside the verdict, which may be read by a machine.
    print(f"{source.name:<50} {told}", file=sys.stderr, flush=True)
    return answer


def _told(finding: Finding) -> str:
    fix = f", mended in {', '.join(finding.fixed_in)}" if finding.fixed_in else ""
    summary = f": {finding.summary}" if finding.summary else ""
    return f"{finding.source}: {finding.package} {finding.version}: {finding.name}{fix}{summary}"


def _accepted(finding: Finding, why: Argument) -> str:
    return f"accepted until {why.until}: {_told(finding)}: {why.because}"


def _reason(why: Argument) -> dict[str, Any]:
    return {"until": why.until, "because": why.because}

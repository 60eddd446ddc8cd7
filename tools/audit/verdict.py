"""What the answers mean: what has to be mended, what is accepted, and of what nothing is known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from tools.audit.arguments import Argument, covering
from tools.audit.findings import Finding

CLEAN, FOUND, COULD_NOT_ASK = 0, 1, 3
"""Exit statuses; 2 is that of a wrong command line."""
Answer = list[Finding] | str
"""The findings of a source, or why it could not be asked."""


@dataclass(frozen=True)
class Verdict:
    """All answers, judged."""

    open: tuple[Finding, ...]
    accepted: tuple[tuple[Finding, Argument], ...]
    unanswered: Mapping[str, str]
    """Source → why it could not be asked."""
    needless: tuple[Argument, ...]
    """Accepts nothing that was found. Empty as long as a source is unanswered."""

    @property
    def status(self) -> int:
        """The exit status: what was found counts more than what could not be asked."""
        if self.open:
            return FOUND
        return COULD_NOT_ASK if self.unanswered else CLEAN


def judge(answers: Mapping[str, Answer], arguments: Sequence[Argument], today: date) -> Verdict:
    """Judge the answers by the arguments that hold today; one whose day is over accepts nothing."""
    findings = sorted(one for answer in answers.values() if not isinstance(answer, str) for one in answer)
    judged = [(finding, covering(finding, arguments, today)) for finding in findings]
    unanswered = {source: answer for source, answer in answers.items() if isinstance(answer, str)}
    accepted = tuple((finding, argument) for finding, argument in judged if argument)
    used = {argument for _, argument in accepted}
    return Verdict(
        open=tuple(finding for finding, argument in judged if not argument),
        accepted=accepted,
        unanswered=unanswered,
        needless=() if unanswered else tuple(one for one in arguments if one not in used),
    )

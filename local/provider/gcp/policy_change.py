"""Changes the IAM policy of one resource: it is read, changed and replaced as a whole."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass

import httpx

from local.google.frame.methods import method_of
from local.provider.gcp.front_end import FrontEnd
from local.provider.gcp.google_error import GoogleError
from local.provider.gcp.google_resource import Body

TRIES = 10
POLICY_VERSION = 3
Change = Callable[[Body], Body]
_changing: dict[str, threading.Lock] = defaultdict(threading.Lock)
"""Resource → held by who changes its policy, since the engine changes many parts at once."""


@dataclass(frozen=True)
class PolicyOf:
    """The policy of one resource."""

    google: FrontEnd
    document: str
    collection: str
    """The API and the collection whose methods read and replace the policy."""
    resource: str
    """How these methods name the resource."""

    def read(self) -> Body:
        """The policy, with its etag."""
        described, named = self._method("getIamPolicy")
        body = {"options": {"requestedPolicyVersion": POLICY_VERSION}} if described else None
        return {"bindings": [], **self._call("getIamPolicy", body, named)}

    def change(self, change: Change, mask: str = "") -> None:
        """Change the policy, as often as somebody else was quicker.

        The mask names the parts; without one they are the bindings.
        """
        with _changing[self.resource]:
            for attempt in range(TRIES):
                try:
                    self._write({**change(self.read()), "version": POLICY_VERSION}, mask)
                except GoogleError as error:
                    if error.code != httpx.codes.CONFLICT or attempt == TRIES - 1:
                        raise
                else:
                    return

    def _write(self, policy: Body, mask: str) -> None:
        described, named = self._method("setIamPolicy")
        whole = {"policy": policy, **({"updateMask": mask} if mask else {})}
        self._call("setIamPolicy", policy if described == "Policy" else whole, named)

    def _method(self, verb: str) -> tuple[str | None, dict[str, str]]:
        """The schema of a method's body, and the parameter of its path."""
        method = method_of(self.document, f"{self.collection}.{verb}")
        return method.request, {method.path_parameters[0]: self.resource}

    def _call(self, verb: str, body: Body | None, named: dict[str, str]) -> Body:
        return self.google.call(self.document, f"{self.collection}.{verb}", body, **named)

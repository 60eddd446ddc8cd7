"""Functions that are taken over and that everybody may call, though the program does not open them.

A binding is added to what is there, and no run takes one away that somebody made by hand. So a function that
was open to the world stays so until a person closes it.
"""

from __future__ import annotations

import pulumi

from infra.google_apis.existing import Existing, Found
from infra.names import EVERYONE

FUNCTION = "gcp:cloudfunctionsv2/function:Function"
BINDING = "gcp:cloudrunv2/serviceIamMember:ServiceIamMember"
INVOKED_BY = "-invoked-by-"
"""Between the function's name and its caller's, in the name of a binding."""


class OpenFunctions:
    """Looks at what the program declares, and warns at the end."""

    def __init__(self, existing: Existing) -> None:
        self._existing = existing
        self._services: dict[str, str] = {}
        self._opened: set[str] = set()

    def see(self, args: pulumi.ResourceTransformationArgs) -> None:
        """Note which functions the program itself opens."""
        if args.type_ == BINDING and args.props["member"] in EVERYONE:
            self._opened.add(args.name.rpartition(INVOKED_BY)[0])

    def see_taken_over(self, args: pulumi.ResourceTransformationArgs, found: Found) -> None:
        """Note a function that was there, with its Cloud Run service."""
        service = found.get("serviceConfig", {}).get("service")
        if args.type_ == FUNCTION and service:
            self._services[args.name] = str(service)

    def warn(self) -> None:
        """Say which functions stay open, and how to close them."""
        for name in sorted(self._services.keys() - self._opened):
            service = self._services[name]
            policy = self._existing.get("run", f"v2/{service}:getIamPolicy") or {}
            for binding in policy.get("bindings", []):
                for member in sorted(EVERYONE.intersection(binding["members"])):
                    pulumi.log.warn(_warning(name, service, binding["role"], member))


def _warning(name: str, service: str, role: str, member: str) -> str:
    _, project, _, region, _, short = service.split("/")
    return (
        f"{name} can be called by {member}, and taking it over leaves that. Close it by: gcloud run services "
        f"remove-iam-policy-binding {short} --member={member} --role={role} --region={region} "
        f"--project={project}"
    )

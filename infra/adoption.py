"""Taking over what is there already, as it is found: each such resource gets its import id.

Three things are taken over. What the stack's setting `adopt` asks for. What an earlier run had begun to
create when it was cut off, so that Pulumi never learned that it is there. And what Google never lets anybody
make twice. Everything else that is there already stops `pulumi up`, as it may belong to somebody else.

What the stack has already is never taken over again: if the import id is written in another way than the
state has it, Pulumi imports it as its own replacement, and then deletes the original, which is the same one.
"""

from __future__ import annotations

from collections.abc import Collection

import pulumi

from infra.adoptable import KINDS, Kind
from infra.difference import differences
from infra.google_apis.existing import Existing, Found
from infra.interrupted import Creation, Recorded
from infra.open_functions import OpenFunctions


class Adoption:
    """Gives each resource that is to be adopted its import id, from `start` on."""

    def __init__(self, wanted: bool | list[str], existing: Existing, recorded: Recorded) -> None:
        self._everything = wanted is True
        self._named = frozenset(wanted) if isinstance(wanted, list) else frozenset()
        self._not_met = set(self._named)
        self._existing = existing
        self._recorded = recorded
        self._open = OpenFunctions(existing)

    def start(self) -> None:
        """Look at every resource that is declared after this call.

        Raises RunError if nobody knows which of them the stack has.
        """
        if (self._everything or self._named) and not self._recorded.is_known:
            raise pulumi.RunError("ekklesia:adopt: the stack's state cannot be read, which says what is new")
        pulumi.runtime.register_stack_transformation(self._adopt)

    def finish(self) -> None:
        """Warn of what was taken over too open.

        Raises RunError if a name to adopt belongs to no declared resource: most likely a typing error.
        """
        self._open.warn()
        if self._not_met:
            names = ", ".join(sorted(self._not_met))
            raise pulumi.RunError(f"ekklesia:adopt: no resource of this name can be adopted: {names}")

    def _adopt(self, args: pulumi.ResourceTransformationArgs) -> pulumi.ResourceTransformationResult | None:
        self._open.see(args)
        kind = KINDS.get(args.type_)
        if kind is None:
            return None
        self._not_met.discard(args.name)
        creation = Creation(args.type_, args.name)
        is_new = creation not in self._recorded.made or creation in self._recorded.begun
        if not kind.is_made_once and not (is_new and self._is_wanted(creation)):
            return None
        if creation in self._recorded.replaced and isinstance(kind, Kind):
            kind.remove(self._existing, args.props)  # Pulumi takes nothing over in place of what it replaces.
            return None
        # What is made once is looked for in any case, because it may have to be restored.
        found = kind.find(self._existing, args.props)
        if found is None or not is_new:
            return None
        import_id, resource = found
        if self._recorded.made.get(creation) == import_id:
            return None  # A later run took it over. With an import id, Pulumi would refuse to replace it.
        _require_same(args, resource, kind.fixed)
        if self._is_asked_for(args.name):
            _warn(args, resource)
            self._open.see_taken_over(args, resource)
        adopted = pulumi.ResourceOptions(import_=import_id)
        return pulumi.ResourceTransformationResult(
            args.props, pulumi.ResourceOptions.merge(args.opts, adopted)
        )

    def _is_wanted(self, creation: Creation) -> bool:
        return creation in self._recorded.begun or self._is_asked_for(creation.name)

    def _is_asked_for(self, name: str) -> bool:
        return self._everything or name in self._named


def _require_same(args: pulumi.ResourceTransformationArgs, resource: Found, fixed: Collection[str]) -> None:
    """Raise RunError if it differs in what never changes: Pulumi would fail in the midst of an `up`."""
    for name in sorted(set(differences(args.props, resource)) & set(fixed)):
        raise pulumi.RunError(
            f"{args.name} is there already, with {name} {resource[name]}, which never changes: set it so, or "
            "move what is in it to a new one by hand"
        )


def _warn(args: pulumi.ResourceTransformationArgs, resource: Found) -> None:
    """Tell what an `up` would change in the resource that it takes over. Names only: values may be secret."""
    if changed := differences(args.props, resource):
        pulumi.log.warn(f"{args.name} is there already; taking it over changes {', '.join(changed)}")

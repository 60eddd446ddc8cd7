"""What a resource that is there already has otherwise than the program wants it.

Pulumi's arguments and Google's REST resources mostly have the same names. Only what both have is compared, so
a property of another shape is left to Pulumi's own diff.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pulumi import Output

Plain = Any


def differences(arguments: Mapping[str, Any], resource: Mapping[str, Any]) -> list[str]:
    """The paths of the properties that differ, in Google's spelling (`serviceConfig.timeoutSeconds`)."""
    return sorted(_differing(arguments, resource, ""))


def _differing(wanted: Mapping[str, Any], there: Mapping[str, Any], place: str) -> Iterator[str]:
    for name, value in wanted.items():
        key = name if name in there else _camel_case(name)
        if value is not None and key in there and not isinstance(value, Output):
            yield from _compared(_plain(value), there[key], f"{place}{key}")


def _compared(wanted: Plain, there: Plain, place: str) -> Iterator[str]:
    if isinstance(wanted, Mapping) and isinstance(there, Mapping):
        yield from _differing(wanted, there, f"{place}.")
    elif isinstance(wanted, list) and isinstance(there, list):
        yield from _listed(wanted, there, place)
    elif not isinstance(wanted, Mapping | list) and not _is_same(wanted, there):
        yield place


def _listed(wanted: list[Plain], there: list[Plain], place: str) -> Iterator[str]:
    if any(isinstance(item, Output) for item in wanted):
        return
    if len(wanted) != len(there):
        yield place
    for number, item in enumerate(wanted[: len(there)]):
        yield from _compared(_plain(item), there[number], f"{place}[{number}]")


def _is_same(wanted: Plain, there: Plain) -> bool:
    """Google answers some words in capitals, whole numbers as text, and full names for short ones."""
    one, other = str(wanted).lower(), str(there).lower()
    return one == other or other.endswith(f"/{one}")


def _plain(value: Plain) -> Plain:
    """The SDK's objects of arguments keep them as attributes."""
    return vars(value) if type(value).__module__.startswith("pulumi_gcp.") else value


def _camel_case(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(word.capitalize() for word in others)

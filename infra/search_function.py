"""The function by which staff find members. It asks the host, with a token for its search and nothing else.

Browsers call it, so it is open to the world; it serves staff only. Without the host it reads one member's
document, by the number.
"""

from __future__ import annotations

from infra import function_environment as environment
from infra.cloud_function import ANYONE, CloudFunction, FunctionSpec, Prerequisites
from infra.custom_roles import READ
from infra.function_source import FunctionSource
from infra.names import DATABASE, RIGHTS_DATABASE
from infra.secret_manager import SecretManager
from infra.settings import Settings

NAME = "searchmembers"


def declare(
    settings: Settings, source: FunctionSource, secrets: SecretManager, after: Prerequisites
) -> CloudFunction:
    """Declare it, and open it to the world."""
    spec = FunctionSpec(
        name=NAME,
        entry_point=NAME,
        account_id="fn-searchmembers",
        purpose="Finds members, for staff",
        environment=environment.project(settings)
        | environment.browser(settings)
        | environment.django(settings),
        secrets={"DJANGO_API_TOKEN": secrets.api_tokens[NAME]},
        documents={DATABASE: [READ], RIGHTS_DATABASE: [READ]},
    )
    function = CloudFunction(settings, spec, source=source, after=after)
    function.allow("anyone", ANYONE)
    return function

"""Who may do what, read from the Pulumi program and the API's own table, as the text of `docs/access.md`.

Nothing here knows what should be allowed: that is declared in `infra/` and judged by `infra/policies/`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deploy.credentials.inventory import CREDENTIALS
from local.world import ROOT
from tools.program_run import Declared, Program

DOCUMENT = ROOT / "docs" / "access.md"
API_ROUTES = ROOT / "linode" / "backend" / "api_access" / "routes.json"
SETTINGS = ROOT / "Pulumi.prod.yaml"
CUSTOM_ROLE = "projects/iAMCustomRole:IAMCustomRole"
FUNCTION = "cloudfunctionsv2/function:Function"
SECRET_READER = "roles/secretmanager.secretAccessor"  # noqa: S105 # nosec B105 - the name of a role
AGENT = re.compile(r"serviceAccount:service-\d+@(?P<domain>[a-z-]+)\.iam\.gserviceaccount\.com")
"""One of Google's own accounts in the project: its domain names the service, the rest the project."""
Inputs = dict[str, Any]

TARGETS: dict[str, Callable[[Inputs], str]] = {
    "gcp:projects/iAMMember:IAMMember": lambda _: "the project",
    "gcp:artifactregistry/repositoryIamMember:RepositoryIamMember": lambda inputs: (
        f"repository `{inputs['repository']}`"
    ),
    "gcp:storage/bucketIAMMember:BucketIAMMember": lambda inputs: f"bucket `{inputs['bucket']}`",
    "gcp:secretmanager/secretIamMember:SecretIamMember": lambda inputs: f"secret `{inputs['secretId']}`",
    "gcp:cloudrunv2/serviceIamMember:ServiceIamMember": lambda inputs: f"service `{inputs['name']}`",
    "gcp:serviceaccount/iAMMember:IAMMember": lambda inputs: (
        f"account `{_account_id(inputs['serviceAccountId'])}`"
    ),
}
"""What a grant of each type is on. Inputs → words."""

HEAD = """# Who may do what

`make access` writes this page from the Pulumi program with production's settings, and from the API's table.
Change those instead: a test compares the page with them.

`infra/sync_functions.py` and `infra/portal_functions.py` say which permissions and secrets each function has.
`infra/cloud_function.py` grants them, by roles of the project's own. A test holds them against what the
functions call, both ways. `infra/policies/access.py` says what is never allowed.
"""


class AccessError(Exception):
    """The program grants something in a way that the document cannot show; the message names it."""


@dataclass(frozen=True)
class Grant:
    """One role that somebody has on something."""

    holder: str
    """An account's id, `allUsers`, or a principal as IAM writes it."""
    role: str
    target: str
    permissions: tuple[str, ...] = ()
    """What a role of the project's own includes; empty for Google's."""

    def __str__(self) -> str:
        names = self.permissions or [self.role.removeprefix("roles/")]
        return f"{', '.join(f'`{name}`' for name in names)} on {self.target}"


def grants(program: Program) -> list[Grant]:
    """Every grant that the program declares. Raises AccessError at one of a type that is not in TARGETS."""
    own = {
        f"projects/{it.inputs['project']}/roles/{it.inputs['roleId']}": tuple(it.inputs["permissions"])
        for it in program.of_type(CUSTOM_ROLE)
    }
    return [
        Grant(
            _account_id(resource.inputs["member"]),
            role := resource.inputs["role"],
            target,
            own.get(role, ()),
        )
        for resource in _sorted(program.resources)
        if resource.inputs.keys() & {"role", "policyData"} and (target := _target(resource))
    ]


def render(program: Program) -> str:
    """The whole document."""
    parts = (
        _functions(program),
        _other_accounts(program),
        _agents(program),
        _secrets(program),
        _credentials(program),
        _api(),
    )
    return "\n".join([HEAD, *parts])


def write(program: Program) -> Path:
    """Write the document; its path."""
    DOCUMENT.write_text(render(program))
    return DOCUMENT


def _functions(program: Program) -> str:
    held = grants(program)
    rows = []
    for function in _sorted(program.of_type(FUNCTION)):
        account = _account_of(function)
        roles = [it for it in held if it.holder == account]
        rows.append(
            [
                f"`{function.name}`",
                f"`{account}`",
                _list(str(it) for it in roles if it.role != SECRET_READER),
                _list(it.target.removeprefix("secret ") for it in roles if it.role == SECRET_READER),
                _list(_caller(it.holder) for it in held if it.target == f"service `{_service(function)}`"),
            ]
        )
    return _table(
        "Functions",
        "Each function has an account of its own. A function that anyone may call checks its caller itself.",
        ["function", "account", "what it may do", "secrets it reads", "who may call it"],
        rows,
    )


def _other_accounts(program: Program) -> str:
    held = grants(program)
    of_functions = {_account_of(function) for function in program.of_type(FUNCTION)}
    rows = [
        [
            f"`{account.name}`",
            account.inputs["displayName"],
            _list(str(it) for it in held if it.holder == account.name),
            _list(_users_of(program, account.name)),
        ]
        for account in _sorted(program.of_type("serviceaccount/account:Account"))
        if account.inputs["accountId"] not in of_functions
    ]
    return _table(
        "Other accounts",
        "No account has a key. The host signs tokens of its own, which Google exchanges.",
        ["account", "what it does", "what it may do", "who acts as it"],
        rows,
    )


def _agents(program: Program) -> str:
    held = grants(program)
    rows = []
    for agent in _sorted(program.of_type("serviceIdentity:ServiceIdentity")):
        domain = f"gcp-sa-{agent.inputs['service'].partition('.')[0]}"
        roles = [it for it in held if it.holder == domain]
        rows.append([f"`{agent.inputs['service']}`", _list(str(it) for it in roles)])
    return _table(
        "Google's own accounts",
        "By these its services act in the project. Google alone can act as them.",
        ["service", "what its account may do"],
        rows,
    )


def _secrets(program: Program) -> str:
    held = grants(program)
    rows = []
    for secret in _sorted(program.of_type("secretmanager/secret:Secret")):
        name = secret.inputs["secretId"]
        rows.append(
            [f"`{name}`", _list(_caller(it.holder) for it in held if it.target == f"secret `{name}`")]
        )
    return _table(
        "Secrets",
        "A token of the API is one function's alone. Django on the host knows only its SHA-256.",
        ["secret", "accounts that may read it"],
        rows,
    )


def _credentials(program: Program) -> str:
    """Every secret and key. Raises AccessError if the program stores one that the inventory does not know."""
    stored = {secret.inputs["secretId"] for secret in program.of_type("secretmanager/secret:Secret")}
    if unknown := stored ^ {it.secret_id for it in CREDENTIALS if it.secret_id}:
        raise AccessError(f"the inventory of credentials differs: {', '.join(sorted(unknown))}")
    rows = [[it.name, it.place, it.renewed_by, it.by] for it in CREDENTIALS]
    return _table(
        "Secrets and keys",
        "How each is made anew. `fab incident.revoke-all` ends with a list of those that it cannot replace.",
        ["what", "where it is", "how it is made anew", "by `fab incident.revoke-all`"],
        rows,
    )


def _api() -> str:
    """Who may call which address of Django's API: the table that Django itself asks."""
    table = json.loads(API_ROUTES.read_text())
    rows = []
    for line in table["routes"]:
        callers = [f"`{name}`" for name, scopes in table["functions"].items() if line["scope"] in scopes]
        right = f"`{line['right']}`" if "right" in line else "no person"
        rows.append([f"`{line['method']} {line['route']}`", f"`{line['scope']}`", _list(callers), right])
    return _table(
        "Django's API",
        "`linode/backend/api_access/routes.json` is this table. Django refuses every call that is not in it."
        " A person's token needs the scope, and the person needs the right at that moment.",
        ["call", "scope", "functions", "right of a person"],
        rows,
    )


def _users_of(program: Program, account: str) -> Iterator[str]:
    """What runs or calls as an account that belongs to no function."""
    functions = _sorted(program.of_type(FUNCTION))
    built = [
        it.name for it in functions if _account_id(it.inputs["buildConfig"]["serviceAccount"]) == account
    ]
    if len(built) == len(functions):
        yield "the build of every function"
    else:
        yield from (f"the build of `{name}`" for name in built)
    for resource in _sorted(program.resources):
        trigger = resource.inputs.get("eventTrigger") or {}
        if _account_id(trigger.get("serviceAccountEmail", "")) == account:
            yield f"the trigger of `{resource.name}`"
        token = (resource.inputs.get("httpTarget") or {}).get("oidcToken") or {}
        if _account_id(token.get("serviceAccountEmail", "")) == account:
            yield f"the job `{resource.name}`"
    yield from (_caller(it.holder) for it in grants(program) if it.target == f"account `{account}`")


def _target(resource: Declared) -> str:
    if resource.type not in TARGETS:
        raise AccessError(f"{resource.name}: tools/access.py does not know what a {resource.type} grants on")
    condition = resource.inputs.get("condition")
    return condition["title"] if condition else TARGETS[resource.type](resource.inputs)


def _caller(holder: str) -> str:
    if holder == "allUsers":
        return "anyone"
    if holder.startswith("principal:"):
        return f"the host's program `{holder.rpartition('/')[2]}`"
    return f"`{holder}`"


def _account_id(written: str) -> str:
    """`serviceAccount:a@project…`, `projects/…/serviceAccounts/a@project…` and `a@project…` are all `a`."""
    if written.startswith("principal:"):
        return written
    if agent := AGENT.fullmatch(written):
        return agent["domain"]
    return written.removeprefix("serviceAccount:").rpartition("/")[2].partition("@")[0]


def _account_of(function: Declared) -> str:
    return _account_id(function.inputs["serviceConfig"]["serviceAccountEmail"])


def _service(function: Declared) -> str:
    """Cloud Run's name of a function."""
    return function.name.lower().replace("_", "-")


def _sorted(resources: list[Declared]) -> list[Declared]:
    return sorted(resources, key=lambda resource: resource.name.lower())


def _list(items: Iterable[str]) -> str:
    return "<br>".join(items) or "none"


def _table(title: str, sentence: str, head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join([f"## {title}", "", sentence, "", *(f"| {' | '.join(cells)} |" for cells in lines), ""])

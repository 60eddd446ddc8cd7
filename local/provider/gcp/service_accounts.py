"""gcp.serviceaccount.Account: the identities of functions, jobs and triggers."""

from __future__ import annotations

import time
from collections.abc import Iterator

import httpx

from local.google.frame.discovery import SchemaName
from local.google.iam import ACCOUNT_ID
from local.provider.gcp.front_end import FrontEnd
from local.provider.gcp.google_error import GoogleError
from local.provider.gcp.google_resource import Body
from local.provider.gcp.rest_resource import RestResource
from local.provider.gcp.scope import Scope
from local.provider.properties import is_unknown
from local.provider.resource_type import Inputs, Outputs, Problem
from local.services.iam import SERVICE_ACCOUNTS

FOUND_WITHIN_SECONDS = 300
PAUSE_SECONDS = 0.5


class Account(RestResource):
    """A service account; its address contains its id."""

    pulumi_type = "gcp:serviceaccount/account:Account"
    kind = SERVICE_ACCOUNTS
    schema = SchemaName("iam.v1", "ServiceAccount")
    collection = "projects.serviceAccounts"
    name_template = "projects/{project}/serviceAccounts/{accountId}@{project}.iam.gserviceaccount.com"
    required = ("accountId",)
    steering = frozenset({"createIgnoreAlreadyExists"})
    outputs = ("name", "uniqueId")

    def translate(self, scope: Scope, inputs: Inputs) -> Body:
        """The account in CreateServiceAccountRequest."""
        return {**self.body(inputs, "disabled"), "name": self.name(scope, inputs)}

    def problems(self, scope: Scope, inputs: Inputs) -> Iterator[Problem]:
        """Ids that Google would refuse."""
        account_id = str(inputs["accountId"])
        if not is_unknown(account_id) and not ACCOUNT_ID.fullmatch(account_id):
            yield Problem("accountId", f"{account_id!r} must match {ACCOUNT_ID.pattern}, 6 to 30 characters")

    def foretold(self, scope: Scope, inputs: Inputs) -> Outputs:
        """The address, which follows from the id and the project."""
        email = f"{inputs['accountId']}@{scope.project}.iam.gserviceaccount.com"
        return {"email": email, "member": f"serviceAccount:{email}"}

    def make(self, google: FrontEnd, scope: Scope, inputs: Inputs) -> Body:
        """Create the account, and disable it if it is declared so."""
        body = {"accountId": inputs["accountId"], "serviceAccount": self._changeable(inputs)}
        made = self._call(google, "create", body, f"projects/{scope.project}")
        self._await(google, made["name"])
        return self._enabled(google, made["name"], inputs)

    def _await(self, google: FrontEnd, name: str) -> None:
        """Ask until IAM finds the new account, which may take it some seconds."""
        deadline = time.monotonic() + FOUND_WITHIN_SECONDS
        while True:
            try:
                self.get(google, name)
            except GoogleError as error:
                if error.code != httpx.codes.NOT_FOUND or time.monotonic() > deadline:
                    raise
                time.sleep(PAUSE_SECONDS)
            else:
                return

    def change(self, google: FrontEnd, scope: Scope, name: str, old: Inputs, new: Inputs) -> Body:
        """Change the shown name and the description, and whether it may act."""
        body = {"serviceAccount": self._changeable(new), "updateMask": "displayName,description"}
        self._call(google, "patch", body, name)
        return self._enabled(google, name, new)

    def inputs_of(self, scope: Scope, resource: Body) -> Outputs:
        """The id, which stands in the address."""
        names = ("displayName", "description", "disabled")
        given: Outputs = {key: resource[key] for key in names if key in resource}
        return {**given, "accountId": resource["email"].partition("@")[0]}

    def _enabled(self, google: FrontEnd, name: str, inputs: Inputs) -> Body:
        if inputs.get("disabled") is not None:
            self._call(google, "disable" if inputs["disabled"] else "enable", {}, name)
        return self.get(google, name)

    def _changeable(self, inputs: Inputs) -> Body:
        return {key: inputs[key] for key in ("displayName", "description") if key in inputs}

"""gcp.serviceaccount.Account: the identities of functions, jobs and triggers."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator

from local.google.frame.discovery import SchemaName
from local.provider.gcp.google_resource import Body, GoogleResource
from local.provider.gcp.scope import Operation, Scope
from local.provider.properties import is_unknown
from local.provider.resource_type import Inputs, Outputs, Problem
from local.resource_store import Record
from local.services.iam import SERVICE_ACCOUNTS

ACCOUNT_ID = re.compile(r"[a-z]([-a-z0-9]{4,28}[a-z0-9])")
UNIQUE_ID_DIGITS = 21


class Account(GoogleResource):
    """A service account; its address contains its id."""

    pulumi_type = "gcp:serviceaccount/account:Account"
    kind = SERVICE_ACCOUNTS
    schema = SchemaName("iam.v1", "ServiceAccount")
    name_template = "projects/{project}/serviceAccounts/{accountId}@{project}.iam.gserviceaccount.com"
    apis = ("iam.googleapis.com",)
    required = ("accountId",)
    steering = frozenset({"createIgnoreAlreadyExists"})
    outputs = ("name", "uniqueId")

    def translate(self, scope: Scope, inputs: Inputs) -> Body:
        """The account in CreateServiceAccountRequest."""
        return {**self.body(inputs), "name": self.name(scope, inputs)}

    def problems(self, scope: Scope, inputs: Inputs) -> Iterator[Problem]:
        """Ids that Google would refuse."""
        account_id = str(inputs["accountId"])
        if not is_unknown(account_id) and not ACCOUNT_ID.fullmatch(account_id):
            yield Problem("accountId", f"{account_id!r} must match {ACCOUNT_ID.pattern}, 6 to 30 characters")

    def foretold(self, scope: Scope, inputs: Inputs) -> Outputs:
        """The address, which follows from the id and the project."""
        email = f"{inputs['accountId']}@{scope.project}.iam.gserviceaccount.com"
        return {"email": email, "member": f"serviceAccount:{email}"}

    def computed(self, operation: Operation, record: Record, inputs: Inputs) -> Outputs:
        """The account's name and number."""
        digest = int(hashlib.sha256(record.name.encode()).hexdigest(), 16)
        unique_id = f"1{digest % 10 ** (UNIQUE_ID_DIGITS - 1):0{UNIQUE_ID_DIGITS - 1}}"
        return {"name": record.name, "uniqueId": unique_id}

"""Functions at the front end, over plain REST: their source, their account and their operations."""

from __future__ import annotations

import io
import secrets
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from local.google.frame import access_tokens
from local.resource_store import ResourceStore
from local.services import iam
from local.services.functions import SERVICES, run_service_name
from local.services.signing_key import key_of
from local.world import World

SOURCE = Path(__file__).parent.parent / "provider" / "program" / "function"
PATIENCE_SECONDS = 120
OWNER = "owner"
WRITTEN = "google.cloud.firestore.document.v1.written"


def archive(main: str | None = None) -> bytes:
    """The source of a function that answers with its environment, or another one."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as file:
        file.writestr("main.py", main or (SOURCE / "main.py").read_text())
        file.write(SOURCE / "requirements.txt", "requirements.txt")
    return packed.getvalue()


class Functions:
    """The functions of one world."""

    def __init__(self, world: World, client: httpx.Client) -> None:
        self._world = world
        self._client = client
        self.project = world.project
        self.parent = f"projects/{world.project}/locations/{world.region}"
        self.account = f"greeter@{world.project}.iam.gserviceaccount.com"
        self.bucket = f"{world.project}-functions"

    def prepare(self) -> None:
        """Make the account of the functions, and put their source into a bucket."""
        bucket = {"name": self.bucket, "location": "europe-west2"}
        self.send("POST", f"/iam/v1/projects/{self.project}/serviceAccounts", {"accountId": "greeter"})
        self.send("POST", f"/storage/v1/b?project={self.project}", bucket)
        self.put_source()

    def put_source(self) -> None:
        """Put the source into the bucket, as a new generation of it."""
        upload = f"/upload/storage/v1/b/{self.bucket}/o?uploadType=media&name=source.zip"
        self._client.post(upload, content=archive()).raise_for_status()

    def body(self, **changes: Any) -> dict[str, Any]:
        """A function as a client sends it."""
        return {
            "buildConfig": {
                "runtime": "python311",
                "entryPoint": "greet",
                "source": {"storageSource": {"bucket": self.bucket, "object": "source.zip"}},
            },
            "serviceConfig": {
                "serviceAccountEmail": self.account,
                "environmentVariables": {"GREETING": "hello"},
                "timeoutSeconds": 30,
            },
            **changes,
        }

    def event_trigger(self, database: str = "(default)", **more: str) -> dict[str, Any]:
        """The trigger of a function that hears of every member who is written."""
        filters = [
            {"attribute": "database", "value": database},
            {"attribute": "document", "value": "members/{id}", "operator": "match-path-pattern"},
        ]
        return {"eventType": WRITTEN, "eventFilters": filters, "serviceAccountEmail": self.account, **more}

    def token_of(self, member: str) -> str:
        """An access token of somebody, such as `user:a@ekklesia.test`."""
        return access_tokens.issue(key_of(self._world), iam.identities(member))

    def create(self, name: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """Make a function; return the operation at its end."""
        path = f"/cloudfunctions/v2/{self.parent}/functions?functionId={name}"
        return self.end(self.send("POST", path, body or self.body()))

    def patch(self, name: str, mask: str, body: dict[str, Any]) -> dict[str, Any]:
        path = f"/cloudfunctions/v2/{self.parent}/functions/{name}?updateMask={mask}"
        return self.end(self.send("PATCH", path, body))

    def delete(self, name: str) -> dict[str, Any]:
        return self.end(self.send("DELETE", f"/cloudfunctions/v2/{self.parent}/functions/{name}"))

    def get(self, name: str) -> dict[str, Any]:
        return self.send("GET", f"/cloudfunctions/v2/{self.parent}/functions/{name}")

    def environment(self, name: str) -> dict[str, str]:
        """The environment of the live revision, which it answers itself."""
        service = ResourceStore(self._world).get(SERVICES, run_service_name(self._world, name))
        assert service is not None
        ports = {each["name"]: each["port"] for each in service.status["revisions"]}
        url = f"http://{self._world.address}:{ports[service.status['live']]}"
        answer: dict[str, str] = httpx.get(url, trust_env=False, timeout=30).json()
        return answer

    def answer(
        self, verb: str, path: str, body: Any = None, token: str = OWNER, api: str = "cloudfunctions/v2"
    ) -> httpx.Response:
        """The answer to a request below the region, as the bearer of a token."""
        url = f"/{api}/{self.parent}{path}"
        return self._client.request(verb, url, json=body, headers={"Authorization": f"Bearer {token}"})

    @contextmanager
    def granted(self, member: str, *permissions: str) -> Iterator[None]:
        """Give permissions on the project, by a role of its own, for as long as the block lasts."""
        role_id = f"r{secrets.token_hex(4)}"
        role = {"title": "Of a test", "includedPermissions": permissions}
        roles = f"/iam/v1/projects/{self.project}/roles"
        self.send("POST", roles, {"roleId": role_id, "role": role})
        binding = {"role": f"projects/{self.project}/roles/{role_id}", "members": [member]}
        self._change_policy(lambda bindings: [*bindings, binding])
        yield
        self._change_policy(lambda bindings: [each for each in bindings if each != binding])
        self.send("DELETE", f"{roles}/{role_id}")

    def _change_policy(self, change: Callable[[list[Any]], list[Any]]) -> None:
        project = f"/cloudresourcemanager/v1/projects/{self.project}"
        policy = self.send("POST", f"{project}:getIamPolicy", {})
        changed = {**policy, "bindings": change(policy.get("bindings", []))}
        self.send("POST", f"{project}:setIamPolicy", {"policy": changed})

    def send(self, verb: str, path: str, body: Any = None) -> dict[str, Any]:
        """The answer to one request, which must not be refused."""
        answer = self._client.request(verb, path, json=body)
        assert answer.is_success, answer.text
        content: dict[str, Any] = answer.json()
        return content

    def end(self, operation: dict[str, Any], api: str = "cloudfunctions/v2") -> dict[str, Any]:
        """The operation when it is done."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not operation.get("done"):
            assert time.monotonic() < deadline, operation
            time.sleep(0.1)
            operation = self.send("GET", f"/{api}/{operation['name']}")
        return operation

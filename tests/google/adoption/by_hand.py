"""A project as people made it by hand, in the shape of what runs in production.

`gcloud` makes what it knows: six functions with one account, a database, an index, a job, secrets, a bucket.
`firebase_by_hand.py` makes the rest. Nothing here asks the program what it would declare.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from local.firestore_client import firestore_client
from local.world import ROOT, World
from tests.google.adoption import firebase_by_hand
from tests.google.adoption.members import put_members
from tests.google.gcloud_command import Gcloud
from tests.host.waiting import wait_until

SOURCE = Path(__file__).with_name("function_by_hand")
SECRETS = {"kenni-client-secret": "what Kenni.is gave", "django-api-token": "what everybody shared"}
JOB = "bidirectional-member-sync"
ACCOUNT = "ekklesia-functions"
BUCKET_SUFFIX = "-member-lists"
AGENTS = ("eventarc", "pubsub")
APIS = (
    *("artifactregistry", "cloudbuild", "cloudfunctions", "cloudresourcemanager", "cloudscheduler"),
    *("eventarc", "firebase", "firebasehosting", "firebaserules", "firestore", "iam", "identitytoolkit"),
    *("pubsub", "run", "secretmanager", "storage"),
)
ROLES = ("datastore.user", "eventarc.eventReceiver", "secretmanager.secretAccessor", "run.invoker")
PYTHON = "--runtime=python311"
OPEN = ("--trigger-http", "--entry-point=answer", "--allow-unauthenticated")
KENNI = "KENNI_IS_ISSUER_URL=https://idp.kenni.is/by-hand,KENNI_IS_CLIENT_ID=by-hand"
TOKEN = "--set-secrets=DJANGO_API_TOKEN=django-api-token:latest"
FUNCTIONS: dict[str, tuple[str, ...]] = {
    "handleKenniAuth": (
        *(*OPEN, PYTHON, f"--set-env-vars={KENNI},JWKS_CACHE_TTL_SECONDS=3600"),
        "--set-secrets=KENNI_IS_CLIENT_SECRET=kenni-client-secret:latest",
    ),
    "verifyMembership": (*OPEN, PYTHON),
    "syncmembers": (*OPEN, PYTHON, TOKEN, "--timeout=300s"),
    "updatememberprofile": (*OPEN, PYTHON),
    # The scheduler called it without a token, so it was open to the world.
    "bidirectional_sync": (*OPEN, PYTHON, TOKEN, "--timeout=540s", "--memory=1Gi"),
}
"""Name → what `gcloud functions deploy` is told of it alone."""
EVENT_FUNCTION = "track_member_changes"
EVENTS = (
    *(PYTHON, TOKEN, "--entry-point=hear", "--retry"),
    "--trigger-event-filters=type=google.cloud.firestore.document.v1.written",
    "--trigger-event-filters=database=(default)",
    "--trigger-event-filters-path-pattern=document=members/{memberId}",
)


@dataclass
class ByHand:
    """Makes the project. `folder` is one that it may write to."""

    world: World
    gcloud: Gcloud
    folder: Path

    def make(self) -> None:
        """All of it, in an order in which people could have."""
        self.gcloud("services", "enable", *(f"{api}.googleapis.com" for api in APIS))
        _at_once([self._database, self._account, *(partial(self._secret, name) for name in SECRETS)])
        self._await_the_database()
        put_members(self.world)
        firebase_by_hand.make(self.world)
        source = self._source()
        _at_once(partial(self._function, name, source) for name in (*FUNCTIONS, EVENT_FUNCTION))
        _at_once([self._job, self._index, self._bucket])

    @property
    def _in_region(self) -> str:
        return f"--location={self.world.region}"

    @property
    def _email(self) -> str:
        return f"{ACCOUNT}@{self.world.project}.iam.gserviceaccount.com"

    def _database(self) -> None:
        self.gcloud("firestore", "databases", "create", self._in_region, "--type=firestore-native")

    def _await_the_database(self) -> None:
        """`gcloud` does not wait until it can be written to."""
        wait_until(lambda: bool(self.gcloud("firestore", "databases", "list")), "the database is there")
        firestore_client(self.world).document("members/0").get()

    def _secret(self, name: str) -> None:
        self.gcloud("secrets", "create", name, "--data-file=-", given=SECRETS[name])

    def _account(self) -> None:
        """One account for all functions, which may do much on the whole project; and Eventarc's agents."""
        self.gcloud("iam", "service-accounts", "create", ACCOUNT)
        granted = {f"roles/{role}": self._email for role in ROLES}
        for api in AGENTS:
            agent = self.gcloud("beta", "services", "identity", "create", f"--service={api}.googleapis.com")
            granted[f"roles/{api}.serviceAgent"] = agent["email"]
        policy = self.gcloud("projects", "get-iam-policy", self.world.project)
        bindings = [{"role": role, "members": [f"serviceAccount:{who}"]} for role, who in granted.items()]
        changed = self.folder / "policy.json"
        changed.write_text(json.dumps(policy | {"bindings": [*policy.get("bindings", []), *bindings]}))
        self.gcloud("projects", "set-iam-policy", self.world.project, str(changed))

    def _source(self) -> Path:
        """The source, with the program's requirements, so that one environment serves both."""
        folder = self.folder / "function"
        shutil.copytree(SOURCE, folder)
        shutil.copy(ROOT / "functions" / "requirements.txt", folder)
        return folder

    def _function(self, name: str, source: Path) -> None:
        region, account = self.world.region, self._email
        common = ["--gen2", f"--region={region}", f"--service-account={account}", f"--source={source}"]
        self.gcloud("functions", "deploy", name, "--memory=512Mi", *common, *self._own_flags(name))

    def _own_flags(self, name: str) -> list[str]:
        if name in FUNCTIONS:
            return [*FUNCTIONS[name]]
        trigger = [f"--trigger-location={self.world.region}", f"--trigger-service-account={self._email}"]
        return [*EVENTS, *trigger]

    def _job(self) -> None:
        uri = f"{self.world.url('functions')}/bidirectional_sync"
        schedule = ["--schedule=30 3 * * *", "--time-zone=Atlantic/Reykjavik", "--attempt-deadline=600s"]
        call = [f"--uri={uri}", "--http-method=POST"]
        self.gcloud("scheduler", "jobs", "create", "http", JOB, self._in_region, *schedule, *call)

    def _index(self) -> None:
        """Two of them: one that the program wants as well, and one of which it knows nothing."""
        for second in ("name", "zone"):
            fields = [
                f"--field-config=field-path={each},order=ascending" for each in ("membership.status", second)
            ]
            self.gcloud(
                "firestore",
                "indexes",
                "composite",
                "create",
                "--async",
                "--collection-group=members",
                *fields,
            )

    def _bucket(self) -> None:
        """Lists of members, which somebody keeps there."""
        bucket = f"gs://{self.world.project}{BUCKET_SUFFIX}"
        listed = self.folder / "members.csv"
        listed.write_text("kennitala\n9999000001\n")
        self.gcloud("storage", "buckets", "create", bucket, self._in_region)
        self.gcloud("storage", "cp", str(listed), f"{bucket}/members.csv")


def _at_once(works: Iterable[Callable[[], None]]) -> None:
    """Do these, several at a time; raise what the first one of them raises."""
    with ThreadPoolExecutor(max_workers=4) as pool:
        for each in [pool.submit(work) for work in works]:
            each.result()

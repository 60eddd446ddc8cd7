"""Google's own service accounts in a project, by which its services act: they exist once they are asked for.

https://cloud.google.com/iam/docs/service-agents
"""

from __future__ import annotations

from local.resource_store import Record, ResourceStore
from local.services.enabled_apis import project_number

AGENTS = "iam.serviceAgents"
DOMAINS = {
    "cloudbuild.googleapis.com": "gcp-sa-cloudbuild",
    "cloudfunctions.googleapis.com": "gcf-admin-robot",
    "cloudscheduler.googleapis.com": "gcp-sa-cloudscheduler",
    "eventarc.googleapis.com": "gcp-sa-eventarc",
    "firestore.googleapis.com": "gcp-sa-firestore",
    "pubsub.googleapis.com": "gcp-sa-pubsub",
    "run.googleapis.com": "serverless-robot-prod",
    "secretmanager.googleapis.com": "gcp-sa-secretmanager",
    "storage.googleapis.com": "gs-project-accounts",
}
"""API → the domain of its agent, before `.iam.gserviceaccount.com`."""


def agent_of(project: str, api: str) -> str:
    """The address of an API's agent in a project."""
    domain = DOMAINS.get(api, f"gcp-sa-{api.split('.', 1)[0]}")
    return f"service-{project_number(project)}@{domain}.iam.gserviceaccount.com"


def create_agent(store: ResourceStore, project: str, api: str) -> str:
    """Make the agent if it is not there yet; return its address."""
    address = agent_of(project, api)
    store.put(Record(AGENTS, f"projects/{project}/serviceAgents/{api}", {"email": address, "service": api}))
    return address


def is_agent(project: str, email: str) -> bool:
    """Whether the address is that of an agent in the project."""
    return email.startswith(f"service-{project_number(project)}@")


def agent_exists(store: ResourceStore, email: str) -> bool:
    """Whether somebody has asked for that agent."""
    return any(record.resource["email"] == email for record in store.list(AGENTS))

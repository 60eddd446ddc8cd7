"""One Cloud Function (Gen2) with its own account, roles, secrets, configuration and invokers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import pulumi
import pulumi_gcp as gcp

from infra import custom_roles, service_accounts
from infra.function_source import FunctionSource
from infra.open_functions import INVOKED_BY
from infra.secret_manager import StoredSecret
from infra.settings import Settings

MAX_INSTANCES = 5
RUNTIME = "python311"
ANYONE = "allUsers"


@dataclass(frozen=True)
class FunctionSpec:
    """The ways in which one function differs from the others."""

    name: str
    entry_point: str
    account_id: str
    purpose: str
    environment: Mapping[str, str] = field(default_factory=dict)
    secrets: Mapping[str, StoredSecret] = field(default_factory=dict)
    """Environment variable → the secret that fills it."""
    documents: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Database → what the account may do with its documents (see `custom_roles.py`)."""
    users: Sequence[str] = ()
    """What the account may do with Firebase's users."""
    signs_tokens: bool = False
    """Whether the account signs custom tokens as itself."""
    timeout_seconds: int = 60
    memory: str = "512Mi"
    min_instances: int = 0
    ingress: str = "ALLOW_ALL"


@dataclass(frozen=True)
class Prerequisites:
    """What has to be there before a function."""

    services: Sequence[pulumi.Resource]
    """Before its account and roles, which come early: Google may let a grant count minutes later."""
    others: Sequence[pulumi.Resource]
    """Before the function itself, beside these."""

    @property
    def all(self) -> list[pulumi.Resource]:
        """Both."""
        return [*self.services, *self.others]

    def plus(self, *others: pulumi.Resource) -> Prerequisites:
        """The same, with these others too."""
        return replace(self, others=[*self.others, *others])


class CloudFunction(pulumi.ComponentResource):
    """A deployed function. Nobody may call it until `allow` says so."""

    account: gcp.serviceaccount.Account
    function: gcp.cloudfunctionsv2.Function
    url: pulumi.Output[str]

    def __init__(
        self,
        settings: Settings,
        spec: FunctionSpec,
        source: FunctionSource,
        after: Prerequisites,
        event_trigger: gcp.cloudfunctionsv2.FunctionEventTriggerArgs | None = None,
    ) -> None:
        super().__init__("ekklesia:infra:CloudFunction", spec.name)
        self._settings = settings
        self._spec = spec
        self._opts = pulumi.ResourceOptions(parent=self, depends_on=after.services)
        self.account = service_accounts.account(settings, spec.account_id, spec.purpose, self._opts)
        self.function = self._function(source, event_trigger, [*after.all, *self._grants()])
        self._service = self.function.service_config.apply(self._deployed)
        self.url = self._service.apply(lambda service: str((service and service.uri) or ""))
        self.register_outputs({})

    def allow(self, who: str, invoker: pulumi.Input[str]) -> gcp.cloudrunv2.ServiceIamMember:
        """Let an IAM member call the function; `who` names the binding."""
        service = self._service.apply(lambda config: str((config and config.service) or ""))
        return gcp.cloudrunv2.ServiceIamMember(
            f"{self._spec.name}{INVOKED_BY}{who}",
            project=self._settings.project,
            location=self._settings.region,
            name=service.apply(lambda name: name.rpartition("/")[2]),
            role="roles/run.invoker",
            member=invoker,
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _deployed(
        self, service: gcp.cloudfunctionsv2.outputs.FunctionServiceConfig | None
    ) -> gcp.cloudfunctionsv2.outputs.FunctionServiceConfig | None:
        """The service, if it has an address; neither the host nor the portal may be told of none.

        Google keeps a function whose first build failed, without an address. A preview goes on, because the
        `up` after it may heal the function. Raises RunError.
        """
        if not pulumi.runtime.is_dry_run() and not (service and service.uri and service.service):
            raise pulumi.RunError(
                f"{self._spec.name} has no address: its first build or its first start has failed (Google's "
                "console shows the build's log). `pulumi up` builds it again"
            )
        return service

    def _grants(self) -> list[pulumi.Resource]:
        """The roles that the account needs before the first revision starts."""
        readers = [
            secret.readable_by(self._settings, self.account, self._opts)
            for secret in self._spec.secrets.values()
        ]
        return [*readers, *self._permissions(), *([self._signer()] if self._spec.signs_tokens else [])]

    def _permissions(self) -> Iterator[pulumi.Resource]:
        for database, permissions in self._spec.documents.items():
            yield custom_roles.grant_on_database(
                self._settings, self.account, database, permissions, self._opts
            )
        if self._spec.users:
            yield custom_roles.grant_on_project(
                self._settings, self.account, "users", self._spec.users, self._opts
            )

    def _signer(self) -> gcp.serviceaccount.IAMMember:
        """Google's own role for it would also let the account take every other token of its own."""
        name = self._spec.account_id
        role = custom_roles.declare(
            self._settings,
            f"{name}_signing".replace("-", "_"),
            f"{name}: signing",
            [custom_roles.SIGN],
            self._opts,
        )
        return gcp.serviceaccount.IAMMember(
            f"{self._spec.account_id}-signs-as-itself",
            service_account_id=self.account.name,
            role=role.name,
            member=service_accounts.member(self.account),
            opts=self._opts,
        )

    def _function(
        self,
        source: FunctionSource,
        event_trigger: gcp.cloudfunctionsv2.FunctionEventTriggerArgs | None,
        after: Sequence[pulumi.Resource],
    ) -> gcp.cloudfunctionsv2.Function:
        return gcp.cloudfunctionsv2.Function(
            self._spec.name,
            project=self._settings.project,
            location=self._settings.region,
            name=self._spec.name,
            description=self._spec.purpose,
            build_config=self._build_config(source),
            service_config=self._service_config(),
            event_trigger=event_trigger,
            opts=pulumi.ResourceOptions(
                parent=self,
                depends_on=[*after, *source.builder_roles],
                # A first deploy builds an image, which can take most of this.
                custom_timeouts=pulumi.CustomTimeouts(create="20m", update="20m"),
                # Google keeps a function whose first build has failed, and Pulumi would only read it again.
                replace_on_changes=["#initerror"],
                delete_before_replace=True,
            ),
        )

    def _build_config(self, source: FunctionSource) -> gcp.cloudfunctionsv2.FunctionBuildConfigArgs:
        return gcp.cloudfunctionsv2.FunctionBuildConfigArgs(
            runtime=RUNTIME,
            entry_point=self._spec.entry_point,
            service_account=source.builder.name,
            docker_repository=source.repository.id,
            source=gcp.cloudfunctionsv2.FunctionBuildConfigSourceArgs(
                storage_source=gcp.cloudfunctionsv2.FunctionBuildConfigSourceStorageSourceArgs(
                    bucket=source.bucket.name, object=source.archive.name
                )
            ),
        )

    def _service_config(self) -> gcp.cloudfunctionsv2.FunctionServiceConfigArgs:
        return gcp.cloudfunctionsv2.FunctionServiceConfigArgs(
            service_account_email=self.account.email,
            environment_variables=dict(self._spec.environment),
            secret_environment_variables=[
                gcp.cloudfunctionsv2.FunctionServiceConfigSecretEnvironmentVariableArgs(
                    key=variable,
                    project_id=self._settings.project,
                    secret=stored.secret.secret_id,
                    version=stored.version.version,
                )
                for variable, stored in self._spec.secrets.items()
            ],
            available_memory=self._spec.memory,
            timeout_seconds=self._spec.timeout_seconds,
            min_instance_count=self._spec.min_instances,
            max_instance_count=MAX_INSTANCES,
            ingress_settings=self._spec.ingress,
            all_traffic_on_latest_revision=True,
        )

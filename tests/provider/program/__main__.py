"""A function with its secret, its source and its grants; `without` in the settings leaves one thing out."""

import json
from pathlib import Path

import pulumi
import pulumi_gcp as gcp
from pulumi_command import local

config = pulumi.Config()
without = config.get("without")
project, region = str(gcp.config.project), str(gcp.config.region)
APIS = (
    "artifactregistry",
    "cloudbuild",
    "cloudfunctions",
    "cloudresourcemanager",
    "cloudscheduler",
    "iam",
    "run",
    "secretmanager",
)
SOURCE = Path(__file__).with_name("function")

apis = [gcp.projects.Service(f"api-{api}", service=f"{api}.googleapis.com") for api in APIS if api != without]
after = pulumi.ResourceOptions(depends_on=apis)
account = gcp.serviceaccount.Account("greeter", account_id="greeter", opts=after)
secret = gcp.secretmanager.Secret("word", secret_id="word", replication={"auto": {}}, opts=after)
version = gcp.secretmanager.SecretVersion("word", secret=secret.id, secret_data=config.require_secret("word"))
reader = gcp.secretmanager.SecretIamMember(
    "greeter-reads-word",
    secret_id=secret.secret_id,
    role="roles/secretmanager.secretAccessor",
    member=account.member if without != "grant" else "allAuthenticatedUsers",
)
bucket = gcp.storage.Bucket(
    "source", name=f"{project}-source", location=region, force_destroy=True, opts=after
)
archive = gcp.storage.BucketObject(
    "source",
    bucket=bucket.name,
    name="source.zip",
    source=pulumi.AssetArchive(
        {
            "main.py": pulumi.StringAsset((SOURCE / "main.py").read_text()),
            "requirements.txt": pulumi.FileAsset(str(SOURCE / "requirements.txt")),
        }
    ),
)
function = gcp.cloudfunctionsv2.Function(
    "greet_all",
    name="greet_all",
    location=region,
    build_config=gcp.cloudfunctionsv2.FunctionBuildConfigArgs(
        runtime="python311",
        entry_point=config.get("entryPoint") or "greet",
        source=gcp.cloudfunctionsv2.FunctionBuildConfigSourceArgs(
            storage_source=gcp.cloudfunctionsv2.FunctionBuildConfigSourceStorageSourceArgs(
                bucket=bucket.name, object=archive.name
            )
        ),
    ),
    service_config=gcp.cloudfunctionsv2.FunctionServiceConfigArgs(
        service_account_email=account.email,
        environment_variables={"GREETING": config.get("greeting") or "hello"},
        secret_environment_variables=[
            gcp.cloudfunctionsv2.FunctionServiceConfigSecretEnvironmentVariableArgs(
                key="WORD", project_id=project, secret=secret.secret_id, version=version.version
            )
        ],
        timeout_seconds=30,
    ),
    opts=pulumi.ResourceOptions(depends_on=[*apis, reader]),
)
if config.get("second"):
    second = gcp.cloudfunctionsv2.Function(
        "second",
        name="second",
        location=region,
        build_config=gcp.cloudfunctionsv2.FunctionBuildConfigArgs(
            runtime="python311",
            entry_point=config.require("second"),
            source=gcp.cloudfunctionsv2.FunctionBuildConfigSourceArgs(
                storage_source=gcp.cloudfunctionsv2.FunctionBuildConfigSourceStorageSourceArgs(
                    bucket=bucket.name, object=archive.name
                )
            ),
        ),
        service_config=gcp.cloudfunctionsv2.FunctionServiceConfigArgs(service_account_email=account.email),
        opts=pulumi.ResourceOptions(depends_on=apis),
    )
    pulumi.export("second", second.service_config.uri)
    pulumi.export("state", second.state)
invoker = gcp.cloudrunv2.ServiceIamMember(
    "anyone-greets",
    location=region,
    name=function.service_config.service.apply(lambda name: name.rsplit("/", 1)[-1]),
    role="roles/run.invoker",
    member="allUsers",
)
job = gcp.cloudscheduler.Job(
    "each-morning",
    name="each-morning",
    region=region,
    schedule=config.get("schedule") or "0 6 * * *",
    time_zone="Atlantic/Reykjavik",
    http_target={"uri": function.service_config.uri, "http_method": "GET"},
    opts=pulumi.ResourceOptions(depends_on=apis, import_=config.get("adopt")),
)
told = local.Command(
    "told",
    create=config.get("telling") or "echo told; cat >/dev/null",
    stdin=pulumi.Output.secret("quiet"),
    environment={"ENTRY": "create"},
    triggers=[config.get("greeting") or "hello"],
    # The provider does not know that what is printed may be secret.
    opts=pulumi.ResourceOptions(additional_secret_outputs=["stdout"]),
)
pulumi.export("uri", function.service_config.uri)
pulumi.export("word", version.secret_data)
pulumi.export("told", told.stdout)
pulumi.export("number", gcp.organizations.get_project(project_id=project).number)
pulumi.export("apis", json.dumps([api for api in APIS if api != without]))

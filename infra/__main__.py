"""All that the membership system is made of, in the order in which one part needs another."""

import sys
from pathlib import Path

import pulumi

# Pulumi puts this folder first on the path. Its modules are imported as a package instead, because a module
# with a name of the standard library's would hide that one.
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from infra import (
    api_tokens,
    audit,
    backup_bucket,
    django_environment,
    firestore_database,
    function_source,
    hosting,
    identity,
    login_limits,
    nudge_identity,
    operators,
    portal_functions,
    project_services,
    scheduler,
    search_function,
    secret_manager,
    service_agents,
    settings,
    sync_functions,
    wheel_bucket,
)
from infra.adoption import Adoption
from infra.cloud_function import Prerequisites
from infra.google_apis.existing import Existing
from infra.host_identity import HostPool
from infra.interrupted import recorded
from infra.linode_host import LinodeHost

stack = settings.load()
secrets = settings.load_secrets(stack.linode.mail)
adoption = Adoption(stack.adopt, Existing(stack), recorded())
adoption.start()

services = project_services.declare(stack)
audit.declare(stack, services)
firestore = firestore_database.declare(stack, services)
limits = login_limits.declare(stack, services)
stored_secrets = secret_manager.declare(stack, secrets, services)
users = identity.declare(stack, services)

host = LinodeHost(stack.linode.runtime)
tokens = api_tokens.digests(secrets)
# Django takes a new token before a function calls with it.
accepted = host.accept(tokens, services)
source = function_source.declare(stack, services)
agents = service_agents.declare(stack, services)
before_sync = Prerequisites(services, [*agents, accepted])
sync = sync_functions.declare(stack, source, stored_secrets, firestore, before_sync)
before_login = Prerequisites(services, [limits])
login = portal_functions.declare(stack, source, stored_secrets, firestore, before_login)
search = search_function.declare(
    stack, source, stored_secrets, before_login.plus(accepted, firestore.database, firestore.rights)
)

pool = HostPool(stack, services)
nudge = nudge_identity.declare(stack, sync.bidirectional_sync, pool, host.nudge_keys, services)
operators.declare(stack, sync.operatordecision, services)
environment = django_environment.environment(stack, secrets, sync.bidirectional_sync, nudge)
offsite = backup_bucket.declare(stack, pool, host.backup_keys, services)
# Functions that do not know a field yet would not write what Django tells them of it.
wheels = wheel_bucket.declare(stack, services)
django = host.serve(environment, offsite, tokens, [*services, *sync.deployed, search.function, wheels])
scheduler.declare(stack, sync.bidirectional_sync, [*services, django])

function_urls = {
    "handleKenniAuth": login.handle_kenni_auth.url,
    "verifyMembership": login.verify_membership.url,
    "updatememberprofile": login.updatememberprofile.url,
    "setmemberrole": login.setmemberrole.url,
    "searchmembers": search.url,
    "syncmembers": sync.syncmembers.url,
    "decideheld": sync.decideheld.url,
}
portal = hosting.declare(stack, function_urls, [*services, firestore.rules, users])
adoption.finish()

pulumi.export("portalUrl", stack.portal_url)
pulumi.export("hostingSite", portal.site.site_id)
pulumi.export("portalRelease", portal.release)
closed_urls = {
    "bidirectional_sync": sync.bidirectional_sync.url,
    "operatordecision": sync.operatordecision.url,
    "healthz": login.healthz.url,
}
pulumi.export("functionUrls", {**function_urls, **closed_urls})
pulumi.export("apiBaseUrl", stack.linode.api_base_url)
pulumi.export("functionSourceBucket", source.bucket.name)
pulumi.export("functionArchive", source.archive.name)
pulumi.export("nudgeServiceAccount", nudge.service_account)

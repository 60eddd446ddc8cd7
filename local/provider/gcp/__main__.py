"""`python -m local.provider.gcp ENGINE`: the plugin `pulumi-resource-gcp`."""

from local.provider.gcp.catalogue import INVOKES, TYPES
from local.provider.plugin import serve

serve("pulumi-gcp", TYPES, INVOKES)

"""`python -m local.provider.command ENGINE`: the plugin `pulumi-resource-command`."""

from local.provider.command.local_command import LocalCommand
from local.provider.plugin import serve

serve("pulumi-command", [LocalCommand()], {})

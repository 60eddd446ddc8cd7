"""The Pulumi program: what exists in the cloud, and that the host is deployed.

The deploys of the host are a package of their own in `ansible-free-deploy/`, a folder that no `import` can
name. It is put on the path here, for the facts that both have in common: the settings of a host, which files
belong to a source tree, and which functions have a token of Django's API.
"""

import sys

from infra.names import ROOT

sys.path.append(str(ROOT / "ansible-free-deploy"))

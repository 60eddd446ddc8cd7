"""Google's REST front ends: the APIs of the one-machine world, at Google's own paths and versions.

Each API lies below its own name at one address: `http://ADDRESS:PORT/secretmanager/v1/projects/…`. Our Pulumi
provider, Google's provider, `gcloud`, Google's client libraries and the running system all call these. What
happens behind them (processes, emulators, files) is in `local/services/` and `local/function_runtime/`, and
called from here.

To add a method: write a function that takes a `Call` and returns the answer's body, and put
`@API.serves("projects.secrets.create")` before it. The id is that of Google's discovery document, which also
gives path, parameters, and the shapes of request and answer. The permission follows from the id; give
`permission=` where Google's has another name, and `target=` where it is not asked on the resource that the
path names first. `frame/` checks all that is the same for each API: the bearer, the project, whether the API
is enabled, the permission, the parameters, the body, and that the answer is as Google describes it. It also
has what handlers share: operations, pages, masks, etags, IAM policies.

To add an API: a module with `API = Api("NAME.VERSION")`, the name of a discovery document of
google-api-python-client, and a line in `apis.py`. `make googleapis` then lists it in docs/google-apis.md.

Each resource type of `local/provider/gcp` is a client of these (`rest_resource.py` says what a type needs).
"""

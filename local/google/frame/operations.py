"""Long-running operations: work that goes on after the answer, and whose end a client asks for.

An operation is recorded, so that a client finds it after a restart of this process; one that was not done by
then counts as aborted, as work that a restart of Google's would have lost.
"""

from __future__ import annotations

import logging
import threading
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from local.google.frame.call import Body, Call, now
from local.resource_store import Record, ResourceStore
from local.services.google_errors import CODES, GoogleError, not_found
from local.world import World

OPERATIONS = "operations"
KEPT_DAYS = 30
TYPE_URL = "type.googleapis.com/"
log = logging.getLogger("operations")
_running: set[str] = set()

Work = Callable[[], Body]


def done(call: Call, prefix: str, kind: str, work: Work, metadata: Body | None = None) -> Body:
    """Do short work now; answer with an operation that is done. Raises what the work raises.

    `prefix` is what the operation's name begins with; `kind` is the protobuf type of the result; `metadata`
    says what it is about.
    """
    told = {"metadata": metadata} if metadata else {}
    return _put(own_store(call.world), _new(prefix), {**told, "done": True, "response": typed(kind, work())})


def begun(call: Call, prefix: str, kind: str, work: Work, metadata: Body | None = None) -> Body:
    """Begin long work; answer with an operation that is not done. `metadata` says what it is about."""
    name = _new(prefix)
    store = own_store(call.world)
    told = {"metadata": metadata} if metadata else {}
    operation = _put(store, name, {**told, "done": False})
    _running.add(name)
    threading.Thread(target=_run, args=(store, operation, kind, work), daemon=True).start()
    return operation


def found(call: Call) -> Body:
    """The operation that the call names. Raises GoogleError 404."""
    name = call.given["name"]
    store = own_store(call.world)
    record = store.get(OPERATIONS, name)
    if record is None:
        raise not_found(name)
    if not record.resource["done"] and name not in _running:
        return _put(
            store, name, {**record.resource, **_failed(GoogleError(409, "The server was restarted."))}
        )
    return record.resource


def forget_old(world: World, kind: str = OPERATIONS) -> None:
    """Forget records of a kind that began long ago, as Google does with operations."""
    store = own_store(world)
    oldest = (datetime.now(UTC) - timedelta(days=KEPT_DAYS)).isoformat()
    for record in list(store.list(kind)):
        if record.status["begun"] < oldest:
            store.delete(kind, record.name)


def own_store(world: World) -> ResourceStore:
    """Where operations are, apart from the resources, which end with what declares them."""
    store = ResourceStore(world)
    store.folder = world.state / "google"
    return store


def _run(store: ResourceStore, operation: Body, kind: str, work: Work) -> None:
    name = operation["name"]
    try:
        end = {"done": True, "response": typed(kind, work())}
    except GoogleError as error:
        log.warning("%s: %s", name, error.message)
        end = _failed(error)
    except Exception:
        log.exception("%s", name)
        end = _failed(GoogleError(500, "Internal error encountered."))
    _put(store, name, {**operation, **end})
    _running.discard(name)


def _failed(error: GoogleError) -> Body:
    return {"done": True, "error": {"code": CODES[error.name], "message": error.message}}


def _put(store: ResourceStore, name: str, content: Body) -> Body:
    before = store.get(OPERATIONS, name)
    begun_at = before.status["begun"] if before else now()
    operation = {"name": name, **content}
    store.put(Record(OPERATIONS, name, operation, {"begun": begun_at}))
    return operation


def prefix_of(name: str) -> str:
    """What the names of operations begin with that are about a resource: its location."""
    return f"{name.rsplit('/', 2)[0]}/"


def _new(prefix: str) -> str:
    return f"{prefix}operations/{uuid.uuid4()}"


def typed(kind: str, result: Body) -> Body:
    """The message with its protobuf type, as an operation has its result and its metadata."""
    return {"@type": f"{TYPE_URL}{kind}", **result}

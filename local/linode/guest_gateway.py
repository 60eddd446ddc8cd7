"""Lets the host reach the world's services by the same URLs that everyone else uses.

Inside the host, a systemd socket listens on the world's address and port (all of 127.0.0.0/8 is the host's
own loopback, too) and passes each connection on to a unix socket that is bind-mounted from this machine,
where the program `gateway-NAME` passes it on to the service.
"""

from __future__ import annotations

from pathlib import Path

from local.linode.machine import Machine
from local.services.programs import GATEWAY_PORTS

GUEST_FOLDER = "/opt/world-gateway"

SOCKET = """\
[Unit]
Description=The world's {name} service, as seen from this host

[Socket]
ListenStream={address}:{port}
"""

SERVICE = """\
[Unit]
Description=Passes connections on to the world's {name} service
Requires=world-{name}.socket
After=world-{name}.socket

[Service]
ExecStart=/lib/systemd/systemd-socket-proxyd {folder}/{name}.sock
DynamicUser=yes
ProtectSystem=strict
"""


def write_gateway_units(machine: Machine, root: Path) -> None:
    """Write and enable a socket and its unit for each of the world's services that the host may reach."""
    units = root / "etc/systemd/system"
    wants = units / "sockets.target.wants"
    wants.mkdir(parents=True, exist_ok=True)
    for name in GATEWAY_PORTS:
        socket = SOCKET.format(name=name, address=machine.world.address, port=machine.world.ports[name])
        (units / f"world-{name}.socket").write_text(socket)
        (units / f"world-{name}.service").write_text(SERVICE.format(name=name, folder=GUEST_FOLDER))
        link = wants / f"world-{name}.socket"
        if not link.is_symlink():
            link.symlink_to(f"/etc/systemd/system/world-{name}.socket")

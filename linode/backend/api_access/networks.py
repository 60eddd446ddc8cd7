"""Who counts as one caller: an address, or the whole network of whoever has one address of IPv6."""

import ipaddress

IPV6_NETWORK_BITS = 64


def network_of(address):
    """The address as it is counted; empty for a text that is none."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return ""
    parsed = getattr(parsed, "ipv4_mapped", None) or parsed
    if parsed.version == 4:
        return str(parsed)
    network = ipaddress.ip_network((int(parsed), IPV6_NETWORK_BITS), strict=False)
    return str(network.network_address)

"""From which networks a key may be used. Behind a proxy the address is the proxy's: see "Production" in the README."""

from ipaddress import ip_address, ip_network

from api.models import ApiClient


def may_call_from(client: ApiClient, address: str) -> bool:
    """Whether the client names no networks, or one that holds the address."""
    if not client.addresses:
        return True
    try:
        caller = ip_address(address)
    except ValueError:
        return False
    return any(caller in ip_network(network) for network in client.addresses)

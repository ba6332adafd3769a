"""Whose request it is: the client's address, past trusted proxies only, and its cut form for logs."""

from ipaddress import IPv6Address, ip_address, ip_network


def client_address(peer: str, forwarded_for: str, trusted: tuple[str, ...]) -> str:
    """The nearest address that is no trusted proxy, read right to left; a wrong entry ends the search."""
    address = peer
    for hop in reversed([part.strip() for part in forwarded_for.split(",") if part.strip()]):
        if not _trusted(address, trusted):
            break
        try:
            ip_address(hop)
        except ValueError:
            break
        address = hop
    return address


def _trusted(address: str, trusted: tuple[str, ...]) -> bool:
    try:
        where = ip_address(address)
        return any(where in ip_network(entry, strict=False) for entry in trusted)
    except ValueError:
        return False


def neighbourhood(address: str) -> str:
    """Whose bucket a request is counted in: an IPv4 address, or the /64 an IPv6 customer owns."""
    if ":" not in address:
        return address
    try:
        return str(ip_network(f"{address}/64", strict=False))
    except ValueError:
        return address


def cut(address: str) -> str:
    """The network an address lies in, /24 or /48, as logs and sessions keep it; "" when it is no address."""
    try:
        where = ip_address(address)
    except ValueError:
        return ""
    if isinstance(where, IPv6Address) and where.ipv4_mapped:
        where = where.ipv4_mapped
    return str(ip_network(f"{where}/{24 if where.version == 4 else 48}", strict=False))

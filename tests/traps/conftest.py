"""The standing places of the permission tests, with their clients and tokens."""

from tests.permissions.conftest import places, standing

__all__ = ["places", "standing"]

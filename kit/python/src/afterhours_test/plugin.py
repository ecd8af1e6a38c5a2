"""The fixtures of pytest."""

from collections.abc import Iterator
from typing import Any

import pytest

from .server import Server, start
from .tenant import Tenant


@pytest.fixture(scope="session")
def afterhours_options() -> dict[str, Any]:
    """The arguments of afterhours_test.start. Define this fixture in your conftest.py to change them."""
    return {}


@pytest.fixture(scope="session")
def afterhours(afterhours_options: dict[str, Any]) -> Iterator[Server]:
    """A server for all tests of the process. With pytest-xdist, each worker has its own."""
    with start(**afterhours_options) as server:
        yield server


@pytest.fixture
def afterhours_tenant(afterhours: Server) -> Iterator[Tenant]:
    """A new tenant of the server, for this test alone."""
    with afterhours.tenant() as tenant:
        yield tenant

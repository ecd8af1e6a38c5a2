"""Starts the Afterhours server in tests, and steers it.

    with afterhours_test.start() as server, server.tenant() as tenant:
        tenant.put({"@odata.type": "#microsoft.graph.focusActivityStatistics", "id": "monday",
                    "startDate": "2026-06-15", "endDate": "2026-06-16", "duration": "PT2H"})
        tenant.fail("throttled", times=1)
        my_code(server.url, tenant.token())

pytest has the fixtures afterhours (a server for the process) and afterhours_tenant (a tenant for the test).
The package control is the client that is generated from the contract of the control API. It needs no
import for what Server and Tenant do.
"""

from .errors import AfterhoursError
from .server import Server, start
from .tenant import Snapshot, Tenant

__all__ = ["AfterhoursError", "Server", "Snapshot", "Tenant", "start"]

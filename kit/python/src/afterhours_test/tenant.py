"""A tenant for one test, so that tests at the same time do not disturb each other."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import quote

from .control.api.data import delete_snapshot, reset, restore_snapshot, take_snapshot
from .control.api.requests import list_requests
from .control.api.tokens import create_token
from .control.models import Fault, ListRequestsMethod, PresetName, Request, RequestCollection, Scope, Seeded, Token, TokenRequest
from .control.types import UNSET
from .durations import text
from .errors import AfterhoursError

if TYPE_CHECKING:
    from .server import Server


class Tenant:
    """A tenant of a server, and one user of it. Threads may share it.

    At the end of its `with` the tenant is reset, and its snapshots are deleted.
    """

    def __init__(self, server: Server, id: str, user: str) -> None:
        self.server = server
        self.id = id
        self.user = user
        self._scope = Scope(tenant=id)
        self._http = server.control.get_httpx_client()
        self._cleanup = ExitStack()

    def token(
        self,
        *,
        user: str | None = None,
        upn: str | None = None,
        scopes: Sequence[str] = (),
        roles: Sequence[str] = (),
        cae: bool = False,
        expires_in: timedelta = timedelta(hours=1),
        not_before: datetime | None = None,
        audience: str | None = None,
    ) -> str:
        """Returns a bearer token of the tenant.

        user: the object id of another user, or with roles of an application.
        scopes: the permissions of a user. Without scopes and roles, it is Analytics.ReadWrite.
        roles: the permissions of an application, as Analytics.ReadWrite.All.
        cae: the client can answer a claims challenge.
        expires_in: how long it is valid, in whole seconds. A token with a negative one has expired.
        not_before: from when it is valid, with a time zone. The default is the time that the server's clock shows.
        audience: another one than the server, which refuses it.
        """
        body = TokenRequest(
            tenant=self.id,
            user=user or self.user,
            upn=upn or UNSET,
            scopes=list(scopes) or UNSET,
            roles=list(roles) or UNSET,
            expires_in=text(expires_in),
            not_before=not_before or UNSET,
            audience=audience or UNSET,
            cae=cae,
        )
        token = create_token.sync(client=self.server.control, body=body)
        assert isinstance(token, Token)
        return token.token

    def put(self, *statistics: Mapping[str, Any], user: str | None = None) -> None:
        """Stores statistics of the user. A stored one with the same id is replaced.

        Each is JSON as in the API, and needs @odata.type, and both dates or the id. It is no request of the tenant, and
        rules for faults do not hold.
        """
        owner = {"tenant": self.id, "user": user or self.user}
        rows = "".join(json.dumps({**owner, "statistic": statistic}) + "\n" for statistic in statistics)
        # No generated function takes rows.
        response = self._http.post("/seed", content=rows, headers={"Content-Type": "application/x-ndjson"})
        refused = Seeded.from_dict(response.json()).refused
        if refused:
            words = [f"  statistic {fault.line}, {fault.property_ or 'as a whole'}: {fault.reason}" for fault in refused]
            raise AfterhoursError("Statistics are refused, and all others are stored:\n" + "\n".join(words))

    def get(self, id: str, user: str | None = None) -> dict[str, Any]:
        """Returns the JSON of a statistic of the user, with @odata.etag. The error has the status 404 if there is none.

        It is a request of the tenant. Rules for faults do not hold.
        """
        owner = user or self.user
        response = self._http.get(
            f"{self.server.url}/beta/users/{owner}/analytics/activityStatistics/{quote(id, safe='')}",
            headers={
                "Authorization": "Bearer " + self.token(user=owner, scopes=["Analytics.Read"]),
                "Afterhours-Simulate": "none",  # no rule counts it
            },
        )
        statistic: dict[str, Any] = response.json()
        return statistic

    def fail(
        self,
        rule: PresetName | Mapping[str, Any],
        *,
        times: int | None = None,
        match: Mapping[str, Any] | None = None,
    ) -> Fault:
        """Lets requests of the tenant fail until it is reset.

        rule: the name of a preset, or a rule in the JSON of the control contract: {"answer": {"status": 503}, "skip": 1}.
        times: how often. None means always.
        match: which requests: {"method": "PATCH"}. Its tenant is always this one.
        """
        # Posted as it is, so that the server names a property which is not in the contract.
        body = {} if isinstance(rule, str) else dict(rule)
        body["match"] = {**body.get("match", {}), **(match or {}), "tenant": self.id}
        if times is not None:
            body["times"] = times
        response = self._http.post(f"/faults/presets/{rule}" if isinstance(rule, str) else "/faults", json=body)
        return Fault.from_dict(response.json())

    def requests(
        self,
        *,
        route: str | None = None,
        method: ListRequestsMethod | None = None,
        status: int | None = None,
        user: str | None = None,
        client_request_id: str | None = None,
        count: int = 1,
        wait: timedelta | None = None,
    ) -> list[Request]:
        """Returns the requests with tokens of the tenant, the oldest first, of the last 1,000 of the server.

        route: as in the contract: /me/analytics/activityStatistics/{activityStatistics-id}.
        wait: how long to wait until count requests match, at most 30 s. Then those that match are returned, if fewer, too.
        """
        found = list_requests.sync(
            client=self.server.control,
            tenant=self.id,
            route=route or UNSET,
            method=method or UNSET,
            status=status or UNSET,
            user=user or UNSET,
            client_request_id=client_request_id or UNSET,
            count=count,
            wait=text(wait) if wait else UNSET,
        )
        assert isinstance(found, RequestCollection)
        return found.value

    def snapshot(self) -> Snapshot:
        """Keeps what is stored of the tenant until the tenant ends, and returns it."""
        snapshot = Snapshot(self.server, str(uuid.uuid4()))
        take_snapshot.sync_detailed(snapshot.name, client=self.server.control, body=self._scope)
        self._cleanup.callback(delete_snapshot.sync_detailed, snapshot.name, client=self.server.control)
        return snapshot

    def reset(self) -> None:
        """Removes all that the tenant has: statistics, rules for faults and requests. What a seed gave it comes back."""
        reset.sync_detailed(client=self.server.control, body=self._scope)

    def __enter__(self) -> Self:
        self._cleanup.callback(self.reset)
        return self

    def __exit__(self, *_: object) -> None:
        self._cleanup.close()


class Snapshot:
    """What a tenant had at a moment. At the end of its `with` the tenant has it again."""

    def __init__(self, server: Server, name: str) -> None:
        self._server = server
        self.name = name

    def restore(self) -> None:
        """Has the tenant go back to the snapshot. Rules for faults, requests and the clock stay."""
        restore_snapshot.sync_detailed(self.name, client=self._server.control)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.restore()

"""A server, and what is the same for all of its tenants."""

import os
import ssl
import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Self

import httpx

from .control import AuthenticatedClient
from .control.api.clock import advance_clock, get_clock
from .control.models import Clock, ClockAdvance
from .durations import text
from .errors import AfterhoursError, raise_if_refused
from .program import Process, find
from .tenant import Tenant

CALL_SECONDS = 60  # requests may wait for 30 s


def start(
    *,
    tls: bool = False,
    seed: str | os.PathLike[str] | None = None,
    demo: bool = False,
    program: str | os.PathLike[str] | None = None,
    flags: Sequence[str] = (),
) -> "Server":
    """Starts a server on a free port of this machine, with a store in memory. Returns when it serves.

    tls: it serves https, with a certificate that is made for it.
    seed: a file of the data to begin with, as `afterhours generate` writes it.
    demo: it begins with the demo week.
    program: the file of the program. The default is AFTERHOURS_BIN, or else afterhours on PATH.
    flags: more flags of `afterhours serve`.

    If AFTERHOURS_URL is set, nothing is started. The server there is used, with AFTERHOURS_CONTROL_TOKEN, and
    AFTERHOURS_CA_FILE if it has a certificate of its own. `afterhours exec` sets all three.
    """
    url = os.environ.get("AFTERHOURS_URL")
    if url:
        if seed or demo or program or flags or (tls and not url.startswith("https:")):
            raise AfterhoursError(
                f"AFTERHOURS_URL is set, so the server at {url} is used, and it has its own tls, seed, demo, "
                "program and flags. Start it with these, or unset AFTERHOURS_URL."
            )
        return Server(url, os.environ.get("AFTERHOURS_CONTROL_TOKEN") or "none", os.environ.get("AFTERHOURS_CA_FILE"))
    more = ["--demo"] if demo else []
    if seed:
        more += ["--seed", os.fspath(seed)]
    process = Process(os.fspath(program) if program else find(), [*more, *flags], tls)
    ready = process.ready
    return Server(ready["url"], ready["controlToken"], ready.get("caFile"), process)


class Server:
    """A server of the test process, as start returns it. Threads may share it."""

    url: str  # scheme, host and port; append /beta or /v1.0
    ca_file: str | None  # the certificate to trust; None without tls
    verify: ssl.SSLContext | bool  # what httpx takes as verify, and aiohttp as ssl: it trusts ca_file if there is one
    control: AuthenticatedClient  # for the functions of afterhours_test.control.api; it raises AfterhoursError

    def __init__(self, url: str, control_token: str, ca_file: str | None = None, process: Process | None = None) -> None:
        self.url = url.rstrip("/")
        self.ca_file = ca_file or None
        self._process = process
        try:
            self.verify = ssl.create_default_context(cafile=ca_file) if ca_file else True
        except OSError as error:
            raise AfterhoursError(f"AFTERHOURS_CA_FILE, {ca_file}, cannot be read: {error}") from error
        self.control = AuthenticatedClient(
            base_url=self.url + "/control",
            token=control_token,
            timeout=httpx.Timeout(CALL_SECONDS),
            verify_ssl=self.verify,
            httpx_args={"trust_env": False, "event_hooks": {"response": [raise_if_refused]}},
        )
        try:
            get_clock.sync_detailed(client=self.control)
        except (httpx.TransportError, AfterhoursError) as error:
            self.close()
            raise AfterhoursError(
                f"The server at {self.url} cannot be steered. It must run with --control, and AFTERHOURS_CONTROL_TOKEN "
                f"must be the controlToken of its --ready-file: {error}"
            ) from error

    def tenant(self, id: str | None = None, user: str | None = None) -> Tenant:
        """Returns a tenant with a user, both new unless their GUIDs are given. It is reset at the end of its `with`."""
        return Tenant(self, id or str(uuid.uuid4()), user or str(uuid.uuid4()))

    def advance(self, by: timedelta) -> datetime:
        """Moves the server's clock, for all tenants, and returns what it shows then. A negative step moves it back."""
        clock = advance_clock.sync(client=self.control, body=ClockAdvance(by=text(by)))
        assert isinstance(clock, Clock)
        return clock.now

    def close(self) -> None:
        """Ends the server if start has started it. A second call does nothing."""
        self.control.get_httpx_client().close()
        if self._process:
            self._process.stop()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

"""Finds the program, starts it and ends it."""

import json
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from .errors import AfterhoursError

START_SECONDS = 30  # a start takes 60 ms; a machine may be very busy
STOP_SECONDS = 10  # for the requests that are under way
LAST_LINES = 20  # of the log, in the error


def find() -> str:
    """Returns the program of AFTERHOURS_BIN, or else that on PATH."""
    program = os.environ.get("AFTERHOURS_BIN") or shutil.which("afterhours")
    if not program:
        raise AfterhoursError(
            "The program afterhours is not on PATH. Install it, or set AFTERHOURS_BIN to its file, "
            "or set AFTERHOURS_URL and AFTERHOURS_CONTROL_TOKEN to use a server that runs."
        )
    return program


class Process:
    """A server that was started here.

    It ends when this process does, even by kill -9, because its standard input closes then.
    """

    def __init__(self, program: str, flags: Sequence[str], tls: bool) -> None:
        """Starts the server. Returns when it serves."""
        self._folder = tempfile.TemporaryDirectory(prefix="afterhours-")
        folder = Path(self._folder.name)
        self._ready_file = folder / "ready.json"
        self._log_file = folder / "log"
        command = [program, "serve", "--addr", "127.0.0.1:0", "--store", "memory", "--control"]
        command += ["--ready-file", str(self._ready_file), "--exit-with-parent"]
        if tls:
            command += ["--tls-dev", "--data", str(folder / "data")]  # for its certificates
        command += flags
        try:
            with self._log_file.open("wb") as log:
                self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=log, stderr=log)
        except OSError as error:
            self._folder.cleanup()
            raise AfterhoursError(f"The program {program} cannot be run: {error}. Is AFTERHOURS_BIN right?") from error
        try:
            self.ready = self._wait_until_ready(command)
        except BaseException:
            self.stop()
            raise

    def _wait_until_ready(self, command: Sequence[str]) -> dict[str, Any]:
        """Returns what the ready file says."""
        end = time.monotonic() + START_SECONDS
        while not self._ready_file.exists():
            code = self._process.poll()
            if code is not None or time.monotonic() > end:
                why = f"it is not ready after {START_SECONDS} s" if code is None else f"it exits with {code}"
                log = self._log_file.read_text(errors="replace").splitlines()[-LAST_LINES:]
                raise AfterhoursError(f"The server does not start, {why}: {' '.join(command)}\n" + "\n".join(log))
            time.sleep(0.002)
        ready: dict[str, Any] = json.loads(self._ready_file.read_text())
        return ready

    def stop(self) -> None:
        """Ends the server and removes its folder. A second call does nothing."""
        assert self._process.stdin
        self._process.stdin.close()
        self._process.terminate()  # a child of this process may have the other end of the pipe, too
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._folder.cleanup()

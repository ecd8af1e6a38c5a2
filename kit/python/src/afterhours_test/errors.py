"""What a test is told if something is wrong."""

import httpx


class AfterhoursError(Exception):
    """The program does not start, or the server refuses a call. The message says why, in the server's words."""

    def __init__(self, message: str, status: int | None = None) -> None:
        super().__init__(message)
        self.status = status  # of the response; None if there is none


def raise_if_refused(response: httpx.Response) -> None:
    """Raises an AfterhoursError if the response is an error. The client of a server calls it for each response."""
    if not response.is_error:
        return
    words = response.read().decode(errors="replace")
    try:
        error = response.json()["error"]
        details = [f"  {detail.get('target', '')}: {detail['message']}" for detail in error.get("details", [])]
        words = "\n".join([f"{error['code']}: {error['message']}", *details])
    except (ValueError, KeyError, TypeError):
        pass  # not in the shape of Graph's errors, so the text itself is shown
    request = response.request
    message = f"{request.method} {request.url.path} is answered {response.status_code}, {words}"
    raise AfterhoursError(message, response.status_code)

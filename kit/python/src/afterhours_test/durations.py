"""Durations as the contracts have them."""

from datetime import timedelta


def text(span: timedelta) -> str:
    """Returns the text of a duration, as in -PT90.500000S."""
    sign = "-" if span < timedelta() else ""
    seconds, microseconds = divmod(abs(span) // timedelta(microseconds=1), 1_000_000)
    return f"{sign}PT{seconds}.{microseconds:06}S"

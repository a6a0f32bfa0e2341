"""Whether a file is whole, as far as it can be told from its end. Pure."""

from tasks.exchange import commerceml


def is_unfinished(name: str, data: bytes) -> bool:
    """Whether the end is missing: of the last row, or of the root."""
    if name.lower().endswith(".xml"):
        try:
            commerceml.parsed(data)
        except commerceml.Unreadable as error:
            return error.is_cut
        return False
    return not data.rstrip(b"\0").endswith((b"\n", b"\r"))

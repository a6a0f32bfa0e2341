"""The keys of deliveries: ours, and the one we give to the provider. Pure."""

import hashlib


def placement_key(piece_id: int, account: str, occurrence: str) -> str:
    """What, where, which time: the row of this key exists once."""
    return f"placement:{piece_id}:{account}:{occurrence}"


def following_key(base_key: str, verb: str, version: str) -> str:
    """The key of an edit or a delete of something that is out; the same order twice is one row."""
    return f"{base_key}:{verb}:{version[:16]}"


def provider_key(row_key: str, part: str, generation: int) -> str:
    """The key a provider may know us by: 32 hexadecimal digits, equal for every attempt of one generation."""
    return hashlib.sha256(f"{row_key}|{part}|{generation}".encode()).hexdigest()[:32]

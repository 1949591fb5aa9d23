"""Cases of the spoiler that Landfall does not get right yet, each with the reason. A case that does must leave this."""

KNOWN: dict[str, str] = {}

"""Cases of the spoiler that Landfall does not get right yet, by kind, each with the reason.

A case that is right must leave this list: `spoiled.py` fails as long as it is named here. `spoiled.py --names` prints
the cases that are not right.
"""

# Kind: the reason, and the shapes and feeds.
SHORTFALLS: dict[str, tuple[str, str]] = {
    "box": (
        "a vessel whose reports are far apart or turn at the border is not seen to leave, and one that leaves "
        "within a port's circle seems to call",
        "east-five east-satellite middle-dense middle-satellite",
    ),
    "jam": (
        "reports about a circle, minutes apart, fit a vessel that comes back after a long silence",
        "circle-satellite",
    ),
    "late": (
        "where reports are minutes or hours apart, those that came late only lie between the points of the "
        "way, and a few of them are taken for the vessel's; ends of calls are off by the lag",
        "copies-2h-satellite from-2h-five only-12min-satellite only-2h-five "
        "only-2h-satellite",
    ),
}

KNOWN: dict[str, str] = {
    f"{kind}-{shape}": reason for kind, (reason, shapes) in SHORTFALLS.items() for shape in shapes.split()
}

"""Cases of the spoiler that Landfall does not get right yet, by kind, each with the reason.

A case that is right must leave this list: `spoiled.py` fails as long as it is named here. `spoiled.py --names` prints
the cases that are not right.
"""

# Kind: the reason, and the shapes and feeds.
SHORTFALLS: dict[str, tuple[str, str]] = {
    "box": (
        "a vessel whose reports are far apart or turn at the border is not seen to leave, and one that leaves "
        "within a port's circle seems to call",
        "east-five east-satellite middle-five middle-satellite",
    ),
    "flips": (
        "a lone position with a bit turned that lies as far behind the report before as the vessel went on is in reach "
        "of it, and is kept, though the course that it gives is against it",
        "bit-satellite",
    ),
    "jam": (
        "after hours unheard a place of jamming is within what a ship can sail, and several reports there bear it out: "
        "it is taken for the vessel's way until that leads back",
        "circle-satellite point-satellite",
    ),
    "late": (
        "where reports are minutes or hours apart, those that came late only lie between the points of the "
        "way, and a few of them are taken for the vessel's; ends of calls are off by the lag; and as long as no vessel "
        "has moved, no lag is known, so that copies of a berth are believed as the first one leaves it",
        "copies-2h-five only-12min-five only-12min-satellite only-2h-five only-2h-satellite",
    ),
}

KNOWN: dict[str, str] = {
    f"{kind}-{shape}": reason for kind, (reason, shapes) in SHORTFALLS.items() for shape in shapes.split()
}

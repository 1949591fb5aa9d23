"""Cases of the spoiler that Landfall does not get right yet, by kind, each with the reason.

A case that is right must leave this list: `spoiled.py` fails as long as it is named here. `spoiled.py --names` prints
the cases that are not right.
"""

# Kind: the reason, and the shapes and feeds.
SHORTFALLS: dict[str, tuple[str, str]] = {
    "late": (
        "reports through a late receiver are taken for a second vessel, or for its way",
        "copies-12min-dense copies-12min-five copies-12min-satellite copies-12s-dense copies-2h-dense "
        "copies-2h-five copies-2h-satellite copies-75s-dense copies-75s-five from-12min-dense from-12min-five "
        "from-12min-satellite from-12s-dense from-2h-dense from-2h-five from-2h-satellite from-75s-dense "
        "from-75s-five jitter-75s-dense only-12min-dense only-12min-five only-12min-satellite only-12s-dense "
        "only-2h-dense only-2h-five only-2h-satellite only-75s-dense only-75s-five some-12min-dense "
        "some-12min-five",
    ),
    "null": (
        "0,0, a lone 0 and latitude 90 are taken for positions",
        "added-dense added-five at_sea-dense at_sea-five hour-dense hour-five hours-satellite lone-dense "
        "pole-dense pole-five",
    ),
    "flips": (
        "the same error in one coordinate, again and again, is taken for a second vessel",
        "bit-dense bit-five bits-dense degree-dense sign-dense signs-dense",
    ),
    "strangers": (
        "the reports of a stranger end in a silence of its own, or split the vessel",
        "lying-dense lying-five lying-satellite moving-dense moving-five moving-satellite silent-five silent-satellite",
    ),
    "noise": (
        "speeds above the threshold of a stop hide it where reports are minutes apart",
        "wander-five white-five white-satellite",
    ),
    "coarse": (
        "steps between coarse coordinates are taken for jumps, and add to the length of ways",
        "hundredths-dense hundredths-satellite minutes-dense minutes-satellite mixed-dense tenths-dense",
    ),
    "stale": (
        "one report at speed over and over is taken for a way, and the true ones after it for another vessel",
        "days-five days-satellite hours-dense hours-five scrape-dense scrape-five vary-dense vary-five",
    ),
    "dates": (
        "dates that cannot be are taken as they are",
        "epoch-five future-dense future-five milliseconds-five one-dense one-five one-satellite past-five "
        "rollover-dense rollover-five rollover-satellite weeks-dense weeks-five year-five",
    ),
    "sparse": (
        "lone reports at a berth are taken for spikes",
        "berth-dense berth-five",
    ),
    "jam": (
        "positions displaced by interference are taken for further vessels",
        "circle-dense circle-five circle-satellite flicker-dense flicker-five flicker-satellite offset-dense "
        "offset-five point-dense point-five point-satellite rare-dense rare-five short-dense short-five",
    ),
    "nopos": (
        "messages without a position do not count as signs of life",
        "end-five end-satellite port-dense port-five port-satellite sea-dense sea-five sea-satellite",
    ),
    "outage": (
        "a time in which nobody was heard is a silence of each vessel",
        "day-five day-satellite one-dense one-five one-satellite two-five",
    ),
    "box": (
        "a vessel that leaves the area of the data is taken for a silent one",
        "east-five east-satellite middle-dense middle-five middle-satellite",
    ),
}

KNOWN: dict[str, str] = {
    f"{kind}-{shape}": reason for kind, (reason, shapes) in SHORTFALLS.items() for shape in shapes.split()
}

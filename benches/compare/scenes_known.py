"""Scenes of which Landfall does not get all right yet, each with the reason.

A scene that is right must leave this list: `scenes_judge.py` fails as long as it is named here. `scenes_judge.py
--names` prints what is not right.
"""

# The reason, and the scenes with their intervals, such as `ferries-sparse` (and `ferries-dense-thin` for a variant).
SHORTFALLS: list[tuple[str, str]] = [
    (
        "a ferry whose berth no report shows seems to have come back to the port it left, in one call",
        "ferries-sparse",
    ),
    (
        "a vessel that anchors within 2.5 km of the coast, heard seldom and without heading or status, seems to lie "
        "alongside; a voyage into a canal's port from its roads",
        "suez-five suez-sparse suez-dense-nospeed panama-dense-nospeed "
        "grounding-dense-noise terminals-dense-thin",
    ),
    (
        "where reports are minutes apart, a slow way to or from a rest is told as a drift or a short rest of its own",
        "roads-sparse grounding-sparse drift-five drift-dense-thin drift-dense-nospeed fishing-dense-thin "
        "fishing-dense-nospeed unlisted-dense-thin",
    ),
    (
        "without speeds the slow way to a berth counts to a stop of minutes there, which is lost or runs into the next",
        "ferries-dense-nospeed",
    ),
]

KNOWN: dict[str, str] = {scene: reason for reason, scenes in SHORTFALLS for scene in scenes.split()}

"""Whether two runs found the same port calls, gaps and legs, within stated tolerances."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from events import Events

# Of all events of a kind so many, or a single one, may be without a partner or beyond the tolerance in time.
SHARE_ALLOWED = 0.002
# Lengths of the legs in all may differ by so much: each tool simplifies to 20 m by another rule.
LENGTH_ALLOWED = 0.005
LEG_COLUMNS = ["mmsi", "origin", "destination"]


@dataclass(frozen=True)
class Tolerance:
    """How far apart the ends of one event may be, in seconds.

    Legs begin and end at rest. From which report on a ship lies still, its speed says for polars and DuckDB, a circle of
    100 m for movingpandas, and both for Landfall, so that the ends of legs may be an interval at rest apart.
    """

    event_s: float
    leg_s: float

    @classmethod
    def of(cls, summary: dict[str, float]) -> Tolerance:
        """That for data with these intervals between reports."""
        return cls(60 + 2 * summary["interval_under_way_s"], 60 + summary["interval_at_rest_s"])


@dataclass
class Agreement:
    """How the events of one kind compare: partners found, those within a second, and what differs."""

    peer: str
    kind: str
    ours: int
    theirs: int
    matched: int
    equal: int
    beyond: int
    worst_s: float
    examples: list[str]
    note: str = ""
    length_off: float = 0.0
    share_allowed: float = SHARE_ALLOWED

    @property
    def only_ours(self) -> int:
        """Events of Landfall's without a partner."""
        return self.ours - self.matched

    @property
    def only_theirs(self) -> int:
        """Events of the peer's without a partner."""
        return self.theirs - self.matched

    @property
    def holds(self) -> bool:
        """Whether the two agree."""
        allowed = max(1, self.share_allowed * max(self.ours, self.theirs))
        return max(self.only_ours, self.only_theirs, self.beyond) <= allowed and self.length_off <= LENGTH_ALLOWED


def compare_kind(
    peer: str, kind: str, ours: pl.DataFrame, theirs: pl.DataFrame, same: list[str], tolerance_s: float
) -> Agreement:
    """Matches events that have the columns `same` alike and overlap in time, each with the one that fits best."""
    begin, end = ("first", "last") if kind == "port calls" else ("start", "end")
    far = pl.lit(4_102_444_800_000).cast(pl.Datetime("ms"))
    ours, theirs = ours.with_row_index("our_row"), theirs.with_row_index("their_row")
    pairs = (
        ours.join(theirs, on=same, suffix="_theirs")
        .with_columns(
            begin_off=(pl.col(begin) - pl.col(f"{begin}_theirs")).dt.total_seconds().abs(),
            end_off=(pl.col(end).fill_null(far) - pl.col(f"{end}_theirs").fill_null(far)).dt.total_seconds().abs(),
        )
        .filter(
            (pl.col(begin) <= pl.col(f"{end}_theirs").fill_null(far))
            & (pl.col(f"{begin}_theirs") <= pl.col(end).fill_null(far))
        )
        .with_columns(off=pl.max_horizontal("begin_off", "end_off"))
        .sort("off")
        .unique("our_row", keep="first", maintain_order=True)
        .unique("their_row", keep="first", maintain_order=True)
    )
    beyond = pairs.filter(pl.col("off") > tolerance_s)
    within = pairs.filter(pl.col("off") <= tolerance_s)
    unmatched = [
        (f"only Landfall {row}")
        for row in ours.join(pairs, on="our_row", how="anti").select(*same, begin, end).head(3).iter_rows()
    ]
    unmatched += [
        (f"only {peer} {row}")
        for row in theirs.join(pairs, on="their_row", how="anti").select(*same, begin, end).head(3).iter_rows()
    ]
    unmatched += [
        (f"{row[-1]:.0f} s apart {row[:-1]}") for row in beyond.select(*same, begin, end, "off").head(3).iter_rows()
    ]
    length_off = 0.0
    if kind == "legs" and within.height:
        ours_m, theirs_m = within["length_m"].sum(), within["length_m_theirs"].sum()
        length_off = abs(ours_m - theirs_m) / max(ours_m, theirs_m)
    return Agreement(
        peer=peer,
        kind=kind,
        ours=ours.height,
        theirs=theirs.height,
        matched=pairs.height,
        equal=pairs.filter(pl.col("off") <= 1).height,
        beyond=beyond.height,
        worst_s=float(within["off"].max() or 0),
        examples=[text.replace("datetime.datetime", "") for text in unmatched],
        length_off=length_off,
    )


def compare(peer: str, ours: Events, theirs: Events, tolerance: Tolerance) -> list[Agreement]:
    """All three kinds."""
    return [
        compare_kind(peer, "port calls", ours.calls, theirs.calls, ["mmsi", "port"], tolerance.event_s),
        compare_kind(peer, "gaps", ours.gaps, theirs.gaps, ["mmsi"], tolerance.event_s),
        compare_kind(peer, "legs", ours.legs, theirs.legs, LEG_COLUMNS, tolerance.leg_s),
    ]

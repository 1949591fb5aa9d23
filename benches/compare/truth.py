"""How a run of Landfall compares with what really happened, as `simulate.py` wrote it down."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from events import Events, read_events, table

# A call or a rest must be found if she was seen to lie for so long, in hours; for less it may be.
MUST_BE_SEEN_H = 1.0
# So many of a kind may be missed, or found without being there.
SHARE_ALLOWED = 0.001


@dataclass
class Check:
    """One statement with its figure, and whether it is within its bound; without a bound it is only told."""

    what: str
    found: str
    bound: str = ""
    holds: bool = True


@dataclass(frozen=True)
class Truth:
    """What really happened, as tables, and the summary of the simulation."""

    summary: dict
    calls: pl.DataFrame
    gaps: pl.DataFrame
    shorter: pl.DataFrame
    anchorings: pl.DataFrame
    faults: pl.DataFrame

    @classmethod
    def read(cls, folder: Path) -> Truth:
        """The truth beside a simulated file."""
        calls = pl.read_csv(folder / "calls.csv", infer_schema_length=None)
        silences = pl.read_csv(folder / "silences.csv", schema_overrides={"end": pl.String})
        silences = with_times(silences, ["start", "end"])
        return cls(
            summary=json.loads((folder / "summary.json").read_text(encoding="utf-8")),
            calls=with_times(calls, ["arrival", "berthed", "unberthed", "departure"]),
            gaps=silences.filter(pl.col("kind") == "gap"),
            shorter=silences.filter(pl.col("kind") == "shorter"),
            anchorings=with_times(pl.read_csv(folder / "anchorings.csv"), ["start", "end"]),
            faults=pl.read_csv(folder / "faults.csv", infer_schema_length=None),
        )

    @property
    def shared(self) -> list[int]:
        """MMSIs under which two ships send."""
        return self.summary["shared_mmsis"]

    def on_ids(self, shared: bool) -> Truth:
        """Only what happened on ids that ships share, or on those that one uses alone."""
        kept = pl.col("shares_mmsi") == shared
        return replace(
            self, calls=self.calls.filter(kept), gaps=self.gaps.filter(kept), shorter=self.shorter.filter(kept)
        )


def with_times(rows: pl.DataFrame, names: list[str]) -> pl.DataFrame:
    """Rows with time columns instead of their text."""
    return rows.with_columns(pl.col(names).str.to_datetime("%Y-%m-%dT%H:%M:%SZ", time_unit="ms"))


def within(count: int, of: int) -> bool:
    """Whether so few are wrong as allowed."""
    return count <= SHARE_ALLOWED * of


def pair_calls(true: pl.DataFrame, found: pl.DataFrame) -> pl.DataFrame:
    """Calls of one ship at one port that overlap in time, true and found."""
    pairs = true.with_row_index("true_row").join(found.with_row_index("found_row"), on=["mmsi", "port"])
    return pairs.filter((pl.col("first") <= pl.col("departure")) & (pl.col("last") >= pl.col("arrival")))


def spread(seconds: pl.Series) -> str:
    """Median, 95% quantile and maximum of absolute errors."""
    off = seconds.abs()
    return f"median {off.median():.0f} s, 95% {off.quantile(0.95):.0f} s, worst {off.max():.0f} s"


def check_calls(truth: Truth, events: Events, scope: str, must_hold: bool) -> list[Check]:
    """Port calls found, missed and made up, and how far their ends are off."""
    true, found = truth.calls, events.calls
    pairs = pair_calls(true, found)
    must = pl.col("hours_seen") >= MUST_BE_SEEN_H
    hit = pl.int_range(pl.len()).is_in(pairs["true_row"].implode())
    missed = true.filter(must & ~hit).height
    split = pairs.height - pairs["true_row"].n_unique()
    made_up = found.height - pairs["found_row"].n_unique()
    limit_s = 2 * truth.summary["interval_under_way_s"] + 5
    arrival = pairs.filter(~pl.col("cut_start")).select((pl.col("first") - pl.col("arrival")).dt.total_seconds())
    departure = pairs.filter(~pl.col("cut_end")).select((pl.col("last") - pl.col("departure")).dt.total_seconds())
    wrong_ends = pairs.filter(
        (pl.col("arrival_seen") == pl.col("cut_start")) | (pl.col("departure_seen") == pl.col("cut_end"))
    ).height
    count = true.filter(must).height
    checks = [
        Check(
            f"port calls{scope}",
            f"{pairs['true_row'].n_unique():,} found, {missed} missed of {count:,} seen at berth for "
            f"{MUST_BE_SEEN_H:g} h or more; {made_up} made up, {split} split",
            f"missed, made up and split each at most {SHARE_ALLOWED:.1%}",
            within(missed, count) and within(made_up, count) and within(split, count),
        )
    ]
    for name, errors in (("arrival", arrival.to_series()), ("departure", departure.to_series())):
        if not errors.is_empty():
            checks.append(
                Check(
                    f"{name}{scope}, error",
                    spread(errors),
                    f"95% at most {limit_s:.0f} s, two intervals between reports and 5 s",
                    errors.abs().quantile(0.95) <= limit_s,
                )
            )
    checks.append(
        Check(
            f"arrivals and departures{scope} that the data cut off",
            f"{wrong_ends} told wrongly, as seen or as not seen",
            f"at most {SHARE_ALLOWED:.1%} of the calls",
            within(wrong_ends, count),
        )
    )
    return [
        Check(check.what, check.found, check.bound if must_hold else "", check.holds or not must_hold)
        for check in checks
    ]


def check_gaps(truth: Truth, events: Events, scope: str, must_hold: bool) -> Check:
    """Gaps found, missed and made up; one is found if both of its ends are, to the second."""
    same = ["mmsi", "start", "end"]
    true, found = truth.gaps.select(same), events.gaps.select(same)
    missed = true.join(found, on=same, how="anti", nulls_equal=True)
    made_up = found.join(true, on=same, how="anti", nulls_equal=True)
    half = missed.join(found, on=["mmsi", "start"], how="semi").height
    return Check(
        f"gaps{scope}",
        f"{true.height - missed.height:,} found, {missed.height} missed (of them {half} with a wrong end), "
        f"{made_up.height} made up; {truth.shorter.height} shorter silences, none of which is a gap",
        f"missed and made up each at most {SHARE_ALLOWED:.1%}" if must_hold else "",
        not must_hold or (within(missed.height, true.height) and within(made_up.height, true.height)),
    )


def check_anchorings(truth: Truth, folder: Path) -> Check:
    """Rests outside every port among the stops found; one cut off by the data has no start or end there."""
    stops = table(folder / "stops.geojson", ["mmsi", "start", "end", "call"])
    stops = stops.filter(pl.col("call").is_null()).with_row_index("stop_row")
    stops = with_times(stops, ["start", "end"]).with_columns(pl.col("mmsi").cast(pl.Int64))
    rests = truth.anchorings.with_row_index("row")
    overlap = (pl.col("start_stop") <= pl.col("end")).fill_null(True) & (
        pl.col("end_stop") >= pl.col("start")
    ).fill_null(True)
    pairs = rests.join(stops, on="mmsi", suffix="_stop").filter(overlap)
    missed = rests.filter(pl.col("hours_seen") >= MUST_BE_SEEN_H).join(pairs, on="row", how="anti").height
    made_up = stops.height - pairs["stop_row"].n_unique()
    return Check(
        "rests at anchor",
        f"{pairs['row'].n_unique()} found, {missed} missed of those seen for {MUST_BE_SEEN_H:g} h or more, "
        f"{made_up} made up",
        f"missed and made up each at most {SHARE_ALLOWED:.1%}",
        within(missed, rests.height) and within(made_up, rests.height),
    )


def check_flags(truth: Truth, folder: Path) -> list[Check]:
    """Planted teleports among the reports flagged, on ids that one ship uses alone."""
    flagged = pl.read_csv(folder / "flagged.csv", infer_schema_length=None, comment_prefix="#")
    mmsi = pl.col("vessel_id").cast(pl.String).str.split("@").list.first().cast(pl.Int64)
    flagged = flagged.with_columns(mmsi=mmsi).filter(~pl.col("mmsi").is_in(truth.shared))
    false = flagged.filter(pl.col("flag").is_in(["teleport", "spike"])).select("row").unique()
    hulls = flagged.filter(pl.col("flag") == "further_hull")
    planted = truth.faults.filter(pl.col("kind") == "teleport").select(pl.col("row").cast(false.schema["row"]))
    caught = planted.join(false, on="row", how="semi").height
    made_up = false.join(planted, on="row", how="anti").height
    return [
        Check(
            "teleports",
            f"{caught:,} of {planted.height:,} flagged, {made_up} true reports flagged",
            f"missed and wrongly flagged each at most {SHARE_ALLOWED:.1%} of them",
            within(planted.height - caught, planted.height) and within(made_up, planted.height),
        ),
        Check(
            "further hulls on an id that one ship uses alone",
            f"{hulls['hull'].n_unique()} with {hulls.height:,} reports",
            "none",
            hulls.is_empty(),
        ),
    ]


def check_rows(truth: Truth, folder: Path) -> list[Check]:
    """Duplicates counted and rows rejected, exactly."""
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    total, planted = manifest["total"], truth.summary["faults"]
    reasons = {"no_mmsi": "bad_identity", "bad_time": "bad_time"}
    rejected = pl.read_csv(folder / "rejected.csv", infer_schema=False, comment_prefix="#")
    found = set(rejected.select(pl.col("row").cast(pl.Int64), "reason").iter_rows())
    spoilt = truth.faults.filter(~pl.col("kind").is_in(["duplicate", "teleport"]))
    wanted = {(row, reasons.get(kind, kind)) for row, kind in spoilt.select("row", "kind").iter_rows()}
    return [
        Check(
            "rows",
            f"{total['rows']:,} of {truth.summary['rows']:,} read",
            "all",
            total["rows"] == truth.summary["rows"],
        ),
        Check(
            "exact duplicates",
            f"{total['duplicates']:,} counted, {planted.get('duplicate', 0):,} planted",
            "equal",
            total["duplicates"] == planted.get("duplicate", 0),
        ),
        Check(
            "rows rejected",
            f"{len(found):,}; {len(wanted - found)} of {len(wanted):,} planted are not among them or have another "
            f"reason, {len(found - wanted)} are too many",
            "the same rows, for the same reasons",
            found == wanted,
        ),
    ]


def check_shared(truth: Truth, folder: Path) -> list[Check]:
    """Calls and gaps on ids that two ships share, told without a bound: which ship is whose is not always known."""
    alone = truth.on_ids(shared=False).calls["mmsi"].unique().to_list()
    events = read_events(folder, alone)
    scope = f" on {len(truth.shared)} ids that two ships share"
    shared = truth.on_ids(shared=True)
    return [*check_calls(shared, events, scope, False), check_gaps(shared, events, scope, False)]


def check_truth(truth: Truth, folder: Path) -> list[Check]:
    """Everything that is known of the truth against one run of Landfall."""
    alone, events = truth.on_ids(shared=False), read_events(folder, truth.shared)
    return [
        *check_rows(truth, folder),
        *check_calls(alone, events, "", True),
        check_gaps(alone, events, "", True),
        *check_flags(truth, folder),
        check_anchorings(truth, folder),
        *check_shared(truth, folder),
    ]

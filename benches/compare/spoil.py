#!/usr/bin/env python3
"""Makes clean feeds with known truth and the same feeds with one kind of fault planted in each, all rows accounted for.

    python3 spoil.py --out FOLDER                # every case, small
    python3 spoil.py --out FOLDER --only null    # the cases whose names begin so
    python3 spoil.py --list

A case's folder holds `clean.csv`, `spoiled.csv` and `truth/`: `planted.csv` names every row of spoiled.csv that is not
a true one as it was (the first after the header is 1), `removed.csv` every row of clean.csv that is missing,
`rules.json` what must hold, `calls.csv` the calls that the vessels really made. Needs numpy. The same options give the
same bytes. `spoiled.py` runs Landfall on them and judges.
"""

from __future__ import annotations

import argparse
import csv
import json
import shutil
import zlib
from collections.abc import Callable
from concurrent.futures import Executor, ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

import faults_feed as of_feed
import faults_place as of_place
import faults_still as of_still
import faults_time as of_time
from common import read_ports
from facts import START, iso
from feeds import BALTIC, CLEAN, FATES, GULF, Feed, FeedPlan, clean_feed, known_calls, moments, taken, write_rows
from spoiling import Spoiled

MINUTE = 60
Fault = Callable[[np.random.Generator, Feed], Spoiled]


@dataclass(frozen=True)
class Case:
    """One kind of fault in one shape, on one feed."""

    kind: str
    variant: str
    density: str
    fault: Fault
    region: tuple[float, float, float, float] = BALTIC

    @property
    def name(self) -> str:
        """As its folder is called."""
        return f"{self.kind}-{self.variant}-{self.density}"


# Vessels, days and seed of the small feeds, chosen so that each has calls, silences and rests at anchor.
SMALL = {
    ("dense", BALTIC): (4, 6.0, 3),
    ("dense", GULF): (6, 3.0, 3),
    ("five", BALTIC): (6, 14.0, 2),
    ("five", GULF): (8, 10.0, 2),
    ("satellite", BALTIC): (6, 30.0, 2),
    ("satellite", GULF): (8, 20.0, 1),
}


# The feeds that the comparison plants faults in: about a million rows.
LARGE = {
    ("dense", BALTIC): (12, 15.0, 1),
    ("dense", GULF): (14, 7.0, 1),
    ("five", BALTIC): (40, 30.0, 1),
    ("five", GULF): (40, 20.0, 1),
    ("satellite", BALTIC): (50, 50.0, 1),
    ("satellite", GULF): (40, 30.0, 1),
}


def on(kind: str, variant: str, densities: str, fault: Callable, region: tuple = BALTIC, **options: object) -> list:
    """A case for each of some densities."""
    return [Case(kind, variant, density, partial(fault, **options), region) for density in densities.split()]


def late_cases() -> list[Case]:
    """Late receivers with the lags that were seen of real ones."""
    out = []
    for word, lag_s in (("12s", 12), ("75s", 75), ("12min", 12 * MINUTE), ("2h", 120 * MINUTE)):
        thin = {"12s": "", "75s": "five", "12min": "five satellite", "2h": "five satellite"}[word]
        out += on("late", f"copies-{word}", f"dense {thin}", of_time.late_copies, lag_s=lag_s)
        out += on("late", f"only-{word}", f"dense {thin}", of_time.late_only, lag_s=lag_s)
        out += on("late", f"from-{word}", f"dense {thin}" if lag_s > 60 else "dense", of_time.late_from, lag_s=lag_s)
    out += on("late", "some-12min", "dense five", of_time.late_copies, lag_s=12 * MINUTE, share=0.7, every=3)
    out += on("late", "jitter-75s", "dense", of_time.late_copies, lag_s=75, jitter_s=2)
    return out


def date_cases() -> list[Case]:
    """Dates that cannot be."""
    out = on("dates", "one", "dense five satellite", of_time.date_one)
    for how in ("future", "year", "epoch", "milliseconds", "past"):
        out += on("dates", how, "dense five" if how == "future" else "five", of_time.dates, how=how)
    out += on("dates", "rollover", "dense five satellite", of_time.date_block, shift_s=-of_time.ROLLOVER_S)
    out += on("dates", "weeks", "dense five", of_time.date_block, shift_s=5 * of_time.WEEK, hours=3.0)
    return out


def place_cases() -> list[Case]:
    """Positions that are no positions, or of somebody else."""
    return [
        *on("null", "hour", "dense five", of_place.null_blocks),
        *on("null", "hours", "satellite", of_place.null_blocks, hours=3.0, every=4.0),
        *on("null", "at_sea", "dense five", of_place.null_at_sea),
        *on("null", "lone", "dense five satellite", of_place.null_lone),
        *on("null", "pole", "dense five", of_place.null_lone, pole=True),
        *on("null", "added", "dense five", of_place.null_added),
        *on("flips", "sign", "dense five satellite", of_place.flips, how="sign"),
        *on("flips", "signs", "dense five", of_place.flips, how="sign", longest=4),
        *on("flips", "bit", "dense five satellite", of_place.flips, how="bit"),
        *on("flips", "bits", "dense five", of_place.flips, how="bit", longest=4),
        *on("flips", "degree", "dense five", of_place.flips, how="degree", longest=2),
        *on("strangers", "moving", "dense five satellite", of_place.strangers, how="moving"),
        *on("strangers", "lying", "dense five satellite", of_place.strangers, how="lying"),
        *on("strangers", "silent", "five satellite", of_place.strangers, how="silent"),
        *on("noise", "white", "dense five satellite", of_still.berth_noise, how="white"),
        *on("noise", "wander", "dense five", of_still.berth_noise, how="wander"),
        *on("coarse", "tenths", "dense five satellite", of_still.coarse, steps=600),
        *on("coarse", "mixed", "dense five", of_still.coarse, steps=600, share=0.2),
        *on("coarse", "minutes", "dense five satellite", of_still.coarse, steps=60),
        *on("coarse", "hundredths", "dense five satellite", of_still.coarse, steps=100, cut=True),
        *on("stale", "hours", "dense five", of_still.stale, least_h=2.0, most_h=5.0),
        *on("stale", "scrape", "dense five", of_still.stale, least_h=7.0, most_h=30.0, every_s=900.0),
        *on("stale", "days", "five satellite", of_still.stale, least_h=9.0, most_h=40.0),
        *on("stale", "vary", "dense five", of_still.stale, least_h=5.0, most_h=12.0, vary=True),
        *on("stale", "berth", "dense five", of_still.frozen_at_berth),
    ]


def feed_cases() -> list[Case]:
    """Faults of a whole feed."""
    jam, without = of_feed.jamming, of_feed.without_position
    return [
        *on("sparse", "thin", "dense five", of_feed.thin),
        *on("sparse", "berth", "dense five", of_feed.thin_at_berth),
        *on("sparse", "years", "five satellite", of_feed.years),
        *on("jam", "point", "dense five satellite", jam, GULF, how="point", hours=2.0),
        *on("jam", "short", "dense five", jam, GULF, how="point", hours=0.4),
        *on("jam", "circle", "dense five satellite", jam, GULF, how="circle", hours=5.0),
        *on("jam", "offset", "dense five", jam, GULF, how="offset", hours=2.0),
        *on("jam", "flicker", "dense five satellite", jam, GULF, how="point", hours=4.0, flicker=0.5),
        *on("jam", "rare", "dense five", jam, GULF, how="circle", hours=4.0, flicker=0.15),
        *on("nopos", "sea", "dense five satellite", without, where="sea", least_h=7.0, most_h=20.0),
        *on("nopos", "port", "dense five satellite", without, where="port", least_h=7.0, most_h=14.0),
        *on("nopos", "end", "five satellite", without, where="end", least_h=9.0, most_h=20.0),
        *on("outage", "one", "dense five satellite", of_feed.outage),
        *on("outage", "two", "five", of_feed.outage, hours=7.5, count=2),
        *on("outage", "day", "five satellite", of_feed.outage, hours=26.0),
        *on("box", "middle", "dense five satellite", of_feed.box, shares=(0.2, 0.8)),
        *on("box", "east", "five satellite", of_feed.box, shares=(0.0, 0.6)),
    ]


def all_cases() -> list[Case]:
    """Every case."""
    return [*late_cases(), *place_cases(), *date_cases(), *feed_cases()]


def spoil(feed: Feed, case: Case, seed: int) -> Spoiled:
    """Plants a case's fault; the rows come in the order in which they arrived."""
    rng = np.random.default_rng([seed, zlib.crc32(case.name.encode())])
    spoiled = case.fault(rng, feed)
    order = np.lexsort((spoiled.rows["origin"], spoiled.rows["vessel"], spoiled.rows["heard"]))
    return Spoiled(taken(spoiled.rows, order), spoiled.rules)


def write_case(feed: Feed, clean: Path, case: Case, spoiled: Spoiled, calls: list[dict], out: Path) -> dict:
    """Writes a case's folder; the clean feed is linked, not copied. Returns what rules.json says."""
    shutil.rmtree(out, ignore_errors=True)
    (out / "truth").mkdir(parents=True)
    (out / "clean.csv").symlink_to(Path("..") / "feeds" / clean.name)
    mmsis = np.array([vessel.mmsi for vessel in feed.vessels])
    rows = spoiled.rows
    write_rows(rows, mmsis, out / "spoiled.csv")
    changed = np.flatnonzero(rows["fate"] != CLEAN)
    with (out / "truth" / "planted.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["row", "fate", "mmsi", "time", "clean_row", "heard", "perhaps_heard"])
        for row, time in zip(changed.tolist(), moments(rows["t"][changed]).tolist(), strict=True):
            heard = [iso(float(rows[name][row])) if rows[name][row] >= 0 else "" for name in ("alive", "perhaps")]
            mmsi, fate = mmsis[rows["vessel"][row]], FATES[rows["fate"][row]]
            writer.writerow([row + 1, fate, mmsi, time, rows["origin"][row] + 1, *heard])
    removed = np.setdiff1d(feed.rows["origin"], rows["origin"])
    with (out / "truth" / "removed.csv").open("w", encoding="utf-8") as file:
        file.write("clean_row\n" + "".join(f"{row + 1}\n" for row in removed.tolist()))
    with (out / "truth" / "calls.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["mmsi", "port", "arrival", "departure", "hours_seen"])
        for call in calls:
            times = [iso(call["arrival"]), iso(call["departure"])]
            writer.writerow([call["mmsi"], call["port"], *times, call["hours_seen"]])
    fates = {name: int(np.sum(rows["fate"] == fate)) for fate, name in enumerate(FATES)}
    rules = {**spoiled.rules.as_dict(), "kind": case.kind, "feed": clean.stem, "removed": len(removed), **fates}
    rules["outages"] = [[start + START, end + START] for start, end in spoiled.rules.outages]
    rules["data_end"] = feed.end + START
    (out / "truth" / "rules.json").write_text(json.dumps(rules, indent=1) + "\n", encoding="utf-8")
    return rules


def make_of_feed(out: Path, plan: FeedPlan, cases: list[Case], seed: int) -> None:
    """Writes one clean feed and the cases made of it."""
    ports = read_ports()
    feed = clean_feed(plan, ports)
    path = out / "feeds" / f"{plan.name}.csv"
    write_rows(feed.rows, np.array([vessel.mmsi for vessel in feed.vessels]), path)
    calls = known_calls(feed, ports)
    for case in cases:
        write_case(feed, path, case, spoil(feed, case, seed), calls, out / case.name)


def make(out: Path, cases: list[Case], pool: Executor, sizes: dict = SMALL, seed: int = 1) -> None:
    """Writes the clean feeds and the cases."""
    (out / "feeds").mkdir(parents=True, exist_ok=True)
    jobs = []
    for density, region in sorted({(case.density, case.region) for case in cases}):
        own = [case for case in cases if (case.density, case.region) == (density, region)]
        plan = FeedPlan(density, region, *sizes[density, region])
        jobs.append(pool.submit(make_of_feed, out, plan, own, seed))
    for job in jobs:
        job.result()


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, help="the folder for the cases and, in `feeds`, the clean feeds")
    parser.add_argument("--only", default="", help="only the cases whose names begin so")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--list", action="store_true", help="print the cases' names")
    args = parser.parse_args()
    cases = [case for case in all_cases() if case.name.startswith(args.only)]
    if args.list or not args.out:
        print("\n".join(case.name for case in cases))
        return
    with ProcessPoolExecutor() as pool:
        make(args.out, cases, pool, seed=args.seed)
    print(f"{args.out}: {len(cases)} cases")


if __name__ == "__main__":
    main()

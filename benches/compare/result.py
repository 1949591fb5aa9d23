"""The result of a comparison as Markdown. Every figure comes from the run that it reports."""

from __future__ import annotations

import datetime
import platform
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import environment
from agreement import LENGTH_ALLOWED, SHARE_ALLOWED, Agreement, Tolerance
from known import KNOWN
from runner import Measurement
from truth import Check
from verdict import Verdict

PACKAGES = ("polars", "duckdb", "movingpandas", "shapely", "numpy", "pandas", "geopandas")


def table(header: list[str], rows: list[list[str]], right: int = 1) -> str:
    """A Markdown table whose columns from number `right` on are set to the right."""
    rule = ["---" if column < right else "---:" for column in range(len(header))]
    return "\n".join("| " + " | ".join(row) + " |" for row in [header, rule, *rows]) + "\n"


def times(ratio: float) -> str:
    """A ratio to Landfall, in as many digits as it deserves."""
    return f"{ratio:.2f}" if ratio < 10 else f"{ratio:,.0f}"


def speed_table(measured: dict[str, Measurement], base: str) -> str:
    """What each tool took, and how that compares with Landfall."""
    ours, rows = measured[base], []
    for name, each in measured.items():
        if each.timed_out:
            rows.append(
                [name, f"over {each.wall_s:,.0f}", "", "", "", f"over {times(each.wall_s / ours.wall_s)}", "", ""]
            )
            continue
        rows.append(
            [
                name,
                f"{each.wall_s:,.1f}",
                f"{each.cpu_s:,.1f}",
                f"{each.peak_mb:,.0f}",
                f"{each.rows / each.wall_s / 1e6:.3g}",
                times(each.wall_s / ours.wall_s),
                times(each.cpu_s / ours.cpu_s),
                times(each.peak_mb / ours.peak_mb),
            ]
        )
    header = ["", "wall, s", "CPU, s", "peak memory, MB", "million rows a second"]
    return table([*header, "wall ÷ Landfall", "CPU ÷ Landfall", "memory ÷ Landfall"], rows)


def agreement_table(agreements: list[Agreement]) -> str:
    """How the events compare, kind by kind."""
    rows = [
        [
            each.peer,
            each.kind,
            f"{each.ours:,}",
            f"{each.theirs:,}",
            f"{each.equal:,}",
            f"{each.matched - each.equal - each.beyond:,}",
            f"{each.worst_s:.0f}",
            f"{each.beyond:,}",
            f"{each.only_ours:,}",
            f"{each.only_theirs:,}",
            f"{each.length_off:.3%}" if each.kind == "legs" else "",
            "yes" if each.holds else "**NO**",
        ]
        for each in agreements
    ]
    header = ["peer", "events", "Landfall", "peer", "equal to the second", "within the tolerance", "worst of these, s"]
    header += ["beyond it", "only Landfall", "only the peer", "length of all legs off by", "agree"]
    return table(header, rows, 2)


def truth_table(checks: list[Check]) -> str:
    """What was found of the truth."""
    rows = [
        [each.what, each.found, each.bound or "none, told only", "yes" if each.holds else "**NO**"] for each in checks
    ]
    return table(["", "Landfall", "bound", "holds"], rows, 4)


def differences(agreements: list[Agreement]) -> str:
    """Examples of what does not agree."""
    lines = [f"- {each.peer}, {each.kind}: {text}" for each in agreements for text in each.examples]
    return (
        "\nExamples of what has no partner or is beyond the tolerance:\n\n" + "\n".join(lines) + "\n" if lines else ""
    )


@dataclass(frozen=True)
class Measurements:
    """What was measured on the whole file and on the cut for movingpandas: so many runs, ships, and seconds at most."""

    whole: dict[str, Measurement]
    cut: dict[str, Measurement]
    runs: int
    ships: int
    limit_s: float

    @property
    def busiest(self) -> float:
        """The highest load of the machine before a run."""
        return max(each.load_before for each in [*self.whole.values(), *self.cut.values()])


def about(data: Path, summary: dict, landfall: Path) -> str:
    """When, where, with which versions and on which data."""
    now = datetime.datetime.now(datetime.UTC)
    packages = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    return (
        f"- {now:%Y-%m-%d}, {environment.landfall_version(landfall)}\n"
        f"- {environment.machine()}\n"
        f"- Python {platform.python_version()}, {packages}\n"
        f"- {summary['rows']:,} rows of {summary['vessels']} ships over {summary['days']:g} days, "
        f"{data.stat().st_size / 1e9:.2f} GB, seed {summary['seed']}; "
        f"a report every {summary['interval_under_way_s']:g} s under way, {summary['interval_at_rest_s']:g} s at rest\n"
    )


def speed(measurements: Measurements) -> list[str]:
    """The chapter on speed."""
    parts = [
        "## Speed\n",
        f"The fastest of {measurements.runs} runs, the file in the page cache. Load of the machine before a run: "
        f"at most {measurements.busiest:.1f}. MB are 10^6 bytes.\n",
        speed_table(measurements.whole, "Landfall"),
    ]
    if "Landfall --memory 512MB" not in measurements.whole:
        parts.append("This Landfall has no `--memory`: that run is left out.\n")
    if measurements.cut:
        rows = next(iter(measurements.cut.values())).rows
        parts += [
            f"movingpandas is given {measurements.ships} of the ships, {rows:,} rows, once, and at most "
            f"{measurements.limit_s:g} s; Landfall on the same rows beside it.\n",
            speed_table(measurements.cut, "Landfall, cut"),
        ]
    return parts


def agreement(agreements: list[Agreement], tolerance: Tolerance) -> list[str]:
    """The chapter on agreement."""
    return [
        "## Agreement\n",
        "Ships that share an MMSI are left out: the peers cannot tell them apart. An event agrees if both of its ends "
        f"are within {tolerance.event_s:.0f} s, a minute and two intervals between reports, so that another report may be "
        f"the first or the last within a radius where distances differ by some metres; legs, which begin and end at rest, "
        f"within {tolerance.leg_s:.0f} s, a minute and an interval at rest, since Landfall and the peers tell by other rules "
        "from which report on a ship lies still. Of each kind "
        f"{SHARE_ALLOWED:.1%}, or one, may differ by more or have no partner, and the length of all legs by "
        f"{LENGTH_ALLOWED:.1%}.\n",
        agreement_table(agreements),
        differences(agreements),
    ]


def truth(checks: list[Check]) -> list[str]:
    """The chapter on truth."""
    return ["## Truth\n", truth_table(checks)]


def faults(verdicts: list[Verdict], unexpected: list[str]) -> list[str]:
    """The chapter on planted faults, if any were: each kind in each shape, over all feeds that it was planted in."""
    if not verdicts:
        return []
    clean, groups = [each for each in verdicts if each.name.startswith("clean ")], {}
    for each in verdicts:
        if each not in clean:
            groups.setdefault(each.name.rsplit("-", 1)[0], []).append(each)
    rows = [[name, *fault_cells(each)] for name, each in groups.items()]
    header = ["fault", "feeds", "rows planted", "of them flagged", "true rows flagged", "calls", "missed", "made up"]
    header += ["ends off", "voyages", "missed", "made up", "length off", "silences", "missed", "made up"]
    header += ["hulls", "feeds all right"]
    known = [f"- {each.name}: {KNOWN[each.name]}" for each in verdicts if each.name in KNOWN and not each.holds]
    return [
        "## Faults in the data\n",
        f"{len(clean)} clean feeds with {sum(each.calls for each in clean):,} calls, "
        f"{sum(each.voyages for each in clean):,} voyages and {sum(each.gaps for each in clean):,} silences, and each "
        "with one kind of fault planted. What comes out of the clean feed must come out of the other, as far as the "
        "true reports that are left show it; the README has the rules. `made up` is also what is split or ends "
        "wrongly; a length is off by more than 2%, an arrival or departure by more than 10 minutes beside what the "
        "true reports leave open.\n",
        table(header, rows),
        *(["Not right yet, and known:\n", "\n".join(known) + "\n"] if known else []),
        *(["Not right:\n", "\n".join(f"- {each}" for each in unexpected) + "\n"] if unexpected else []),
    ]


def fault_cells(verdicts: list[Verdict]) -> list[str]:
    """The cells of one shape of a fault."""

    def total(name: str) -> int:
        return sum(getattr(each, name) for each in verdicts)

    planted = total("planted")
    names = ["wrongly_flagged", "calls", "calls_missed", "calls_made_up", "ends_off", "voyages", "voyages_missed"]
    names += ["voyages_made_up", "lengths_off", "gaps", "gaps_missed", "gaps_made_up", "hulls"]
    return [
        f"{len(verdicts)}",
        f"{planted:,}",
        f"{total('told') / planted:.1%}" if planted else "",
        *(f"{total(name):,}" for name in names),
        f"{total('holds')}" if total("holds") == len(verdicts) else f"**{total('holds')}**",
    ]


def render(heading: str, measurements: Measurements, chapters: list[str]) -> str:
    """The whole result."""
    parts = [
        "# Landfall beside polars, DuckDB and movingpandas\n",
        "Written by `compare.py`; [README.md](README.md) says what is measured and what is fair.\n",
        heading,
        *speed(measurements),
        *chapters,
    ]
    return "\n".join(part for part in parts if part)

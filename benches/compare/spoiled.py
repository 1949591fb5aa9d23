#!/usr/bin/env python3
"""Runs Landfall on clean and spoiled feeds, and says what a fault in the data made of calls, voyages, gaps and vessels.

    python3 spoiled.py --landfall PATH                    # makes the small feeds, runs all, prints the table
    python3 spoiled.py --landfall PATH --cases FOLDER     # on feeds that spoil.py made
    python3 spoiled.py --landfall PATH --only jam --all   # some cases, with every fault found, and not the first few

Fails if a bound is broken by a case that `known.py` does not name, or if one that it names breaks none. Needs numpy.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from concurrent.futures import Executor, ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from judge import Judge
from known import KNOWN
from repaired import flag_planted, write_true_rows
from spoil import all_cases, make
from spoiled_files import CaseFiles, Event, Run, seconds, true_calls
from verdict import Verdict

# Calls that last so long in a clean feed must be found, by how often vessels are heard.
CLEAN_CALL_H = {"dense": 1.0, "five": 1.0, "satellite": 7.0}


@dataclass(frozen=True)
class Runner:
    """Runs one Landfall on feeds, with further options, in folders that go once they are read."""

    landfall: Path
    out: Path
    options: tuple[str, ...] = ()
    repaired: bool = False

    def run(self, feed: Path, name: str) -> Run:
        """The outputs of a run on a feed."""
        out = self.out / name
        shutil.rmtree(out, ignore_errors=True)
        command = [str(self.landfall), "run", "--quiet", "--no-map", str(feed), "--out", str(out), *self.options]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"{' '.join(command)}\n{done.stderr}")
        found = Run.read(out)
        shutil.rmtree(out)
        return found

    def judge_clean(self, folder: Path) -> tuple[str, Run, Verdict]:
        """The run on the clean feed of a case, for all cases made of it, and how it compares with what happened."""
        feed = (folder / "clean.csv").resolve()
        run = self.run(feed, f"clean-{feed.stem}")
        return feed.stem, run, judge_clean(feed, run, true_calls(folder))

    def judge(self, folder: Path, clean: Run) -> Verdict:
        """Runs one case and judges it by the run on its clean feed."""
        case = CaseFiles.read(folder)
        if self.repaired:
            feed = self.out / f"{folder.name}.csv"
            write_true_rows(folder, feed)
            return Judge(case, clean, flag_planted(self.run(feed, folder.name), case)).judge()
        return Judge(case, clean, self.run(folder / "spoiled.csv", folder.name)).judge()


def judge_clean(feed: Path, run: Run, true_calls: list[dict]) -> Verdict:
    """Whether a clean feed gives the calls that the vessels made, and no flag and no hull."""
    verdict = Verdict(f"clean {feed.stem}")
    least_h = CLEAN_CALL_H[feed.stem.split("-")[0]]
    true = [
        Event("", call["mmsi"], seconds(call["arrival"]), seconds(call["departure"]), call["port"], (0, 0))
        for call in true_calls
        if float(call["hours_seen"]) >= least_h
    ]
    verdict.calls, verdict.gaps = len(run.calls), sum(gap.kind == "silence" for gap in run.gaps)
    verdict.voyages = len(run.voyages)
    for call in true:
        if not any(call.mmsi == each.mmsi and call.place == each.place and meets(call, each) for each in run.calls):
            verdict.calls_missed += 1
            verdict.fault(f"call missed: {call.mmsi} {call.place} {call}")
    verdict.wrongly_flagged, verdict.hulls = len(run.flagged) + len(run.rejected), len(run.hulls)
    if verdict.wrongly_flagged or verdict.hulls:
        verdict.fault(f"{verdict.wrongly_flagged} rows flagged, {verdict.hulls} further hulls in a clean feed")
    if not (verdict.calls and verdict.voyages and verdict.gaps):
        verdict.fault("a feed without calls, voyages or gaps shows nothing")
    return verdict


def meets(one: Event, other: Event) -> bool:
    """Whether two events overlap in time."""
    return one.start <= other.end and other.start <= one.end


COLUMNS = {
    "planted": lambda each: f"{each.planted:,}",
    "told": lambda each: f"{each.told / each.planted:.1%}" if each.planted else "",
    "true rows flagged": lambda each: f"{each.wrongly_flagged:,}",
    "calls": lambda each: f"{each.calls:,}",
    "missed": lambda each: f"{each.calls_missed:,}",
    "made up": lambda each: f"{each.calls_made_up:,}",
    "ends off": lambda each: f"{each.ends_off:,}",
    "voyages": lambda each: f"{each.voyages:,}",
    "missed ": lambda each: f"{each.voyages_missed:,}",
    "made up ": lambda each: f"{each.voyages_made_up:,}",
    "length off": lambda each: f"{each.lengths_off:,}",
    "silences": lambda each: f"{each.gaps:,}",
    "missed  ": lambda each: f"{each.gaps_missed:,}",
    "made up  ": lambda each: f"{each.gaps_made_up:,}",
    "stops off": lambda each: f"{each.stops_off:,}",
    "hulls": lambda each: f"{each.hulls:,}",
    "right": lambda each: "yes" if each.holds else "known" if each.name in KNOWN else "**NO**",
}


def table_rows(verdicts: Iterable[Verdict]) -> tuple[list[str], list[list[str]]]:
    """Header and rows of the table."""
    header = ["case", *(name.strip() for name in COLUMNS)]
    return header, [[each.name, *(cell(each) for cell in COLUMNS.values())] for each in verdicts]


def plain_table(verdicts: list[Verdict]) -> str:
    """The table for a terminal."""
    header, rows = table_rows(verdicts)
    widths = [max(len(row[at]) for row in [header, *rows]) for at in range(len(header))]
    lines = []
    for row in [header, *rows]:
        cells = [cell.ljust(widths[at]) if at == 0 else cell.rjust(widths[at]) for at, cell in enumerate(row)]
        lines.append("  ".join(cells))
    return "\n".join(lines)


def surprises(verdicts: list[Verdict], may_be_right: bool = False) -> list[str]:
    """What is not as `known.py` has it; a case that it names may be right where its list was not made."""
    out = [f"{name} in known.py is no case" for name in sorted(set(KNOWN) - {case.name for case in all_cases()})]
    for each in verdicts:
        if not each.holds and each.name not in KNOWN:
            out.append(f"{each.name}: {len(each.faults)} bounds broken")
        if each.holds and each.name in KNOWN and not may_be_right:
            out.append(f"{each.name} is right now: take it out of known.py")
    return out


def names_by_kind(verdicts: list[Verdict]) -> list[str]:
    """The cases that are not right, in a line a kind, as `known.py` lists them."""
    kinds: dict[str, list[str]] = {}
    for each in verdicts:
        if not each.holds:
            kind, _, shape = each.name.partition("-")
            kinds.setdefault(kind, []).append(shape)
    return [f"{kind}: {' '.join(shapes)}" for kind, shapes in kinds.items()]


def run_cases(runner: Runner, folders: list[Path], pool: Executor) -> list[Verdict]:
    """Runs and judges all cases, the clean feeds first."""
    by_feed = {(folder / "clean.csv").resolve(): folder for folder in folders}
    clean = list(pool.map(runner.judge_clean, by_feed.values()))
    runs = {name: run for name, run, _ in clean}
    of_case = [runs[clean_name(folder)] for folder in folders]
    return [verdict for _, _, verdict in clean] + list(pool.map(runner.judge, folders, of_case))


def judge_all(landfall: Path, work: Path, sizes: dict, only: str = "") -> list[Verdict]:
    """Makes cases in a folder that goes afterwards, runs and judges them."""
    shutil.rmtree(work, ignore_errors=True)
    with ProcessPoolExecutor(2) as pool:
        make(work, [case for case in all_cases() if case.name.startswith(only)], pool, sizes)
        verdicts = run_cases(Runner(landfall, work / "out"), made_in(work, only), pool)
    shutil.rmtree(work)
    return verdicts


def made_in(cases: Path, only: str) -> list[Path]:
    """The folders of cases in a folder."""
    folders = sorted(path.parents[1] for path in cases.glob("*/truth/rules.json"))
    return [folder for folder in folders if folder.name.startswith(only)]


def clean_name(folder: Path) -> str:
    """The clean feed that a case was made of."""
    return (folder / "clean.csv").resolve().stem


def main() -> int:
    """The command; returns its exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--landfall", type=Path, required=True, help="the program to judge")
    parser.add_argument("--cases", type=Path, help="a folder that spoil.py made (default: made and thrown away)")
    parser.add_argument("--only", default="", help="only the cases whose names begin so")
    parser.add_argument("--all", action="store_true", help="every fault found of a case, not the first few")
    parser.add_argument("--quiet", action="store_true", help="the table only if something is not as known")
    parser.add_argument(
        "--repaired", action="store_true", help="judge the true rows alone, as if all faults were known"
    )
    parser.add_argument("--names", action="store_true", help="print only which cases are not right, by kind")
    parser.add_argument("--jobs", type=int, default=2, help="so many runs at a time (default 2)")
    parser.add_argument("--option", action="append", default=[], help="a further option for `landfall run`")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch, ProcessPoolExecutor(args.jobs) as pool:
        cases = args.cases
        if cases is None:
            cases = Path(scratch) / "cases"
            make(cases, [case for case in all_cases() if case.name.startswith(args.only)], pool)
        folders = made_in(cases, args.only)
        if not folders:
            raise SystemExit(f"no case begins with `{args.only}`")
        runner = Runner(args.landfall.resolve(), Path(scratch) / "out", tuple(args.option), args.repaired)
        verdicts = run_cases(runner, folders, pool)
    if args.names:
        print("\n".join(names_by_kind(verdicts)))
        return 0
    unexpected = surprises(verdicts)
    if unexpected or not args.quiet:
        print(plain_table(verdicts))
        for each in verdicts:
            if each.faults and (each.name not in KNOWN or args.all):
                shown = each.faults if args.all else each.faults[:6]
                print(f"\n{each.name}")
                print("\n".join(f"  {text}" for text in shown))
                if len(each.faults) > len(shown):
                    print(f"  and {len(each.faults) - len(shown)} more (--all)")
    right = sum(each.holds for each in verdicts)
    known = sum(not each.holds and each.name in KNOWN for each in verdicts)
    print(f"\n{len(verdicts)} cases: {right} right, {known} known not to be, {len(unexpected)} otherwise")
    print("\n".join(unexpected))
    return 1 if unexpected else 0


if __name__ == "__main__":
    sys.exit(main())

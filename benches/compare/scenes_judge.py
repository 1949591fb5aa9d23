#!/usr/bin/env python3
"""Runs Landfall on scenes whose truth is known, and says how right its stops, calls, transits and voyages are.

    python3 scenes_judge.py --landfall PATH                       # every scene, heard in three ways, and the variants
    python3 scenes_judge.py --landfall PATH --only suez --all     # some scenes, with everything that is not right
    python3 scenes_judge.py --landfall PATH --interval sparse     # one way of hearing
    python3 scenes_judge.py --landfall PATH --variant thin        # one variant, or `none`
    python3 scenes_judge.py --ideal                               # the best that could be told: the judge itself

Fails if a bound is broken by a scene that `scenes_known.py` does not name, or if one that it names breaks none. Needs
numpy.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from scene_files import Events, report_times, run_in, truth_in
from scene_ideal import ideal
from scene_judge import SceneJudge
from scene_variants import VARIANTS, Variant
from scene_verdict import Rules, SceneVerdict, f1, pooled, share_right
from scenes import INTERVALS, SCENES, make
from scenes_known import KNOWN


@dataclass(frozen=True)
class SceneRunner:
    """Runs one Landfall on scenes, in folders that go once they are read."""

    landfall: Path | None
    work: Path
    options: tuple[str, ...] = ()

    def run(self, positions: Path, name: str, ports: Path | None = None) -> Events:
        """What a run tells of a file of positions."""
        out = self.work / "out" / name
        shutil.rmtree(out, ignore_errors=True)
        table = ("--ports", str(ports)) if ports else ()
        command = [str(self.landfall), "run", "--quiet", "--no-map", str(positions), "--out", str(out)]
        done = subprocess.run([*command, *table, *self.options], capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"{' '.join(command)}\n{done.stderr}")
        told = run_in(out)
        shutil.rmtree(out)
        return told

    def judge(self, folder: Path) -> SceneVerdict:
        """Judges a scene by what happened."""
        positions = folder / "positions.csv"
        truth, heard = truth_in(folder), report_times(positions)
        told = self.run(positions, folder.name) if self.landfall else ideal(truth, heard)
        return SceneJudge(folder.name, truth, told, heard, Rules()).judge()

    def compare(self, case: tuple[Path, Variant]) -> SceneVerdict:
        """Judges a variant of a scene by what is told of the scene itself."""
        folder, variant = case
        name = f"{folder.name}-{variant.name}"
        made = variant.make(folder, self.work / "variants" / name)
        base = self.run(folder / "positions.csv", f"{name}-base", made.base_ports)
        told = self.run(made.positions, name, made.ports)
        base = made.moved(base)
        return SceneJudge(name, base, told, report_times(made.positions), variant.rules).judge()


Cell = Callable[[SceneVerdict], str]


def share(count: str, wrong: str) -> Cell:
    """A cell with the share that is right."""
    return lambda each: f"{share_right(getattr(each, count), getattr(each, wrong)):.1%}" if getattr(each, count) else ""


COLUMNS: dict[str, Cell] = {
    "rows": lambda each: f"{each.rows:,}",
    "calls": lambda each: f"{each.calls:,}",
    "missed": lambda each: f"{each.calls_missed:,}",
    "made up": lambda each: f"{each.calls_made_up:,}",
    "calls F1": lambda each: f"{f1(each.calls, each.calls_missed, each.calls_made_up):.3f}",
    "transits": lambda each: f"{each.transits:,}",
    "missed ": lambda each: f"{each.transits_missed:,}",
    "made up ": lambda each: f"{each.transits_made_up:,}",
    "transits F1": lambda each: f"{f1(each.transits, each.transits_missed, each.transits_made_up):.3f}",
    "stops": lambda each: f"{each.stops:,}",
    "found": share("stops", "stops_missed"),
    "made up  ": lambda each: f"{each.stops_made_up:,}",
    "kinds": share("kinds", "kinds_wrong"),
    "times": share("times", "times_wrong"),
    "late min": lambda each: f"{each.lateness()[0]:.1f}" if each.late_s else "",
    "off 95%": lambda each: f"{each.lateness()[1]:.1f}" if each.late_s else "",
    "links": share("links", "links_wrong"),
    "voyages": lambda each: f"{each.voyages:,}",
    "off": lambda each: f"{each.voyages_off:,}",
    "right": lambda each: "yes" if each.holds else "known" if each.name in KNOWN else "**NO**",
}


def plain_table(verdicts: Sequence[SceneVerdict]) -> str:
    """The table for a terminal."""
    rows = [["scene", *(name.strip() for name in COLUMNS)]]
    rows += [[each.name, *(cell(each) for cell in COLUMNS.values())] for each in verdicts]
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    lines = []
    for row in rows:
        cells = [cell.ljust(widths[at]) if at == 0 else cell.rjust(widths[at]) for at, cell in enumerate(row)]
        lines.append("  ".join(cells))
    return "\n".join(lines)


def surprises(verdicts: Sequence[SceneVerdict], is_whole: bool) -> list[str]:
    """What is not as `scenes_known.py` has it."""
    out = []
    if is_whole:
        out += [f"{name} in scenes_known.py is no scene" for name in sorted(set(KNOWN) - {v.name for v in verdicts})]
    for each in verdicts:
        if not each.holds and each.name not in KNOWN:
            out.append(f"{each.name}: {'; '.join(each.broken)}")
        if each.holds and each.name in KNOWN:
            out.append(f"{each.name} is right now: take it out of scenes_known.py")
    return out


def print_faults(verdicts: Sequence[SceneVerdict], with_all: bool) -> None:
    """What is not right, in words."""
    for each in verdicts:
        if (each.faults or each.broken) and (with_all or (not each.holds and each.name not in KNOWN)):
            shown = each.faults if with_all else each.faults[:6]
            print(f"\n{each.name}: {'; '.join(each.broken) or 'within the bounds'}")
            print("\n".join(f"  {text}" for text in shown))
            if len(each.faults) > len(shown):
                print(f"  and {len(each.faults) - len(shown)} more (--all)")


def judge_all(runner: SceneRunner, folders: list[Path], variants: list[Variant], pool: Executor) -> list[SceneVerdict]:
    """Judges scenes and variants of them; several scenes as one, too."""
    verdicts = list(pool.map(runner.judge, folders))
    if len(verdicts) > 1:
        verdicts.append(pooled("all", verdicts, Rules()))
    cases = [(folder, variant) for variant in variants for folder in folders if variant.is_of(folder.name)]
    return verdicts + list(pool.map(runner.compare, cases))


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    program = parser.add_mutually_exclusive_group(required=True)
    program.add_argument("--landfall", type=Path, help="the program to judge")
    program.add_argument("--ideal", action="store_true", help="judge the truth itself, as far as reports show it")
    parser.add_argument("--only", default="", help="only the scenes whose names begin so")
    parser.add_argument("--interval", choices=INTERVALS, help="heard in this way only")
    names = [variant.name for variant in VARIANTS]
    parser.add_argument("--variant", choices=["none", *names], help="only this variant, or none (default: all)")
    parser.add_argument("--all", action="store_true", help="everything that is not right, not the first few")
    parser.add_argument("--quiet", action="store_true", help="the table only if something is not as known")
    parser.add_argument("--names", action="store_true", help="print only which scenes are not right")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2, help="so many runs at a time (default 2)")
    parser.add_argument("--option", action="append", default=[], help="a further option for `landfall run`")
    return parser.parse_args()


def main() -> int:
    """The command; returns its exit code."""
    args = arguments()
    scenes = [scene for scene in SCENES if scene.startswith(args.only)]
    intervals = [args.interval] if args.interval else list(INTERVALS)
    if not scenes:
        raise SystemExit(f"no scene begins with `{args.only}`")
    variants = [variant for variant in VARIANTS if args.variant in (None, variant.name) and not args.ideal]
    with tempfile.TemporaryDirectory() as scratch, ProcessPoolExecutor(args.jobs) as pool:
        work = Path(scratch)
        folders = [work / name for name in make(work, scenes, intervals, pool, args.seed)]
        landfall = args.landfall.resolve() if args.landfall else None
        runner = SceneRunner(landfall, work, tuple(args.option))
        verdicts = judge_all(runner, folders, variants, pool)
    if args.names:
        print("\n".join(each.name for each in verdicts if not each.holds))
        return 0
    is_whole = not args.only and args.interval is None and args.variant is None
    unexpected = surprises(verdicts, is_whole)
    if unexpected or not args.quiet:
        print(plain_table(verdicts))
        print_faults(verdicts, args.all)
    right = sum(each.holds for each in verdicts)
    known = sum(not each.holds and each.name in KNOWN for each in verdicts)
    print(f"\n{len(verdicts)} scenes: {right} right, {known} known not to be, {len(unexpected)} otherwise")
    print("\n".join(unexpected))
    return 1 if unexpected else 0


if __name__ == "__main__":
    sys.exit(main())

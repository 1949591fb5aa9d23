"""What `scale.py` measures: Landfall on inputs that grow, and on inputs of awkward shapes."""

from __future__ import annotations

import argparse
import datetime
import math
import shutil
import sys
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import environment
import inputs
from inputs import Input
from result import table
from runner import Measurement, Tool, best_of

MEMORY = "512MB"
# The largest size that is one file; larger ones are so many files of it.
UNIT_ROWS = 2_000_000


@dataclass(frozen=True)
class Line:
    """One way to run Landfall on one input, and what it took."""

    given: Input
    megabytes: float
    way: str
    took: Measurement


def ways(landfall: Path, limit_s: float) -> list[Tool]:
    """How Landfall is run, and for how long at most."""
    run = environment.run_command(landfall)
    if environment.has_option(landfall, "--memory"):
        run += ["--memory", MEMORY]
    return [
        Tool("tracks to 20 m", run, limit_s),
        Tool("every report (--simplify 0)", [*run, "--simplify", "0"], limit_s),
    ]


def measured(given: Input, tools: list[Tool], work: Path, runs: int) -> list[Line]:
    """What each way took on an input; the outputs are removed."""
    print(f"{given.name}: {given.rows:,} rows in {given.files:,} files, {given.megabytes:,.0f} MB", flush=True)
    lines = []
    for tool in tools:
        took = best_of(tool, given.path, given.rows, work, runs)
        if took.status != 0:
            print(took.output, file=sys.stderr)
        lines.append(Line(given, given.megabytes, tool.name, took))
        shutil.rmtree(work / "out")
    return lines


def exponents(lines: list[Line]) -> dict[Line, list[float]]:
    """The powers of the number of rows with which wall and CPU time grew: since the size before, since the first."""

    def powers(before: Line, after: Line) -> list[float]:
        rows = math.log(after.given.rows / before.given.rows)
        wall = math.log(after.took.wall_s / before.took.wall_s)
        cpu = math.log(after.took.cpu_s / before.took.cpu_s)
        return [wall / rows, cpu / rows]

    out = {}
    for way in {line.way for line in lines}:
        done = [line for line in lines if line.way == way and line.took.status == 0]
        for before, after in pairwise(done):
            out[after] = powers(before, after) + powers(done[0], after)
    return out


def as_table(lines: list[Line], grown: dict[Line, list[float]] | None = None) -> str:
    """Markdown, with exponents if sizes grow."""
    rows = []
    for line in lines:
        took, given = line.took, line.given
        row = [given.name, line.way, f"{given.rows:,}", f"{given.files:,}", f"{line.megabytes:,.0f}"]
        if took.status == 0:
            row += [f"{took.wall_s:,.1f}", f"{took.cpu_s:,.1f}"]
        else:
            row += [f"**ended after {took.wall_s:,.0f}**" if took.timed_out else "**failed**", ""]
        row += [f"{took.peak_mb:,.0f}", f"{1e6 * took.cpu_s / given.rows:.2f}" if took.status == 0 else ""]
        if grown is not None:
            row += [f"{power:.2f}" for power in grown[line]] if line in grown else [""] * 4
        rows.append(row)
    header = ["input", "tracks", "rows", "files", "MB", "wall, s", "CPU, s", "peak memory, MB", "CPU µs a row"]
    if grown is not None:
        header += ["exponent of wall", "exponent of CPU", "of wall, since the first", "of CPU, since the first"]
    return table(header, rows, 2)


def render(landfall: Path, sizes: list[Line], shapes: list[Line], runs: int) -> str:
    """The whole result."""
    limit = f"`--memory {MEMORY}`" if environment.has_option(landfall, "--memory") else "no `--memory`, as it has none"
    busiest = max(line.took.load_before for line in [*sizes, *shapes])
    parts = [
        "# How Landfall scales\n",
        "Written by `scale.py`; [README.md](README.md) says what is measured.\n",
        f"- {datetime.datetime.now(datetime.UTC):%Y-%m-%d}, {environment.landfall_version(landfall)}, {limit}\n"
        f"- {environment.machine()}\n"
        f"- The fastest of {runs} runs. Load of the machine before a run: at most {busiest:.1f}. MB are 10^6 bytes.\n",
    ]
    if sizes:
        told = (
            "The exponent is log(ratio of times) / log(ratio of rows) since the size before, and since the first: 1 is "
            "linear.\n"
        )
        parts += ["## Sizes\n", told, as_table(sizes, exponents(sizes))]
    if shapes:
        parts += ["## Shapes\n", as_table(shapes)]
    return "\n".join(parts)


def measure_sizes(args: argparse.Namespace, tools: list[Tool], work: Path) -> list[Line]:
    """Every size, made, measured and removed."""
    unit, lines = round(min(UNIT_ROWS, *args.rows, UNIT_ROWS)), []
    for rows in args.rows:
        given = inputs.sized(work, round(rows), unit, args.seed)
        lines += measured(given, tools, work, args.runs)
        discard(given, args.keep)
    return lines


def measure_shapes(args: argparse.Namespace, tools: list[Tool], work: Path) -> list[Line]:
    """Every shape, made, measured and removed."""
    lines = []
    for name in args.shapes:
        make = {"one-mmsi": inputs.one_mmsi, "many-vessels": inputs.many_vessels, "orders": inputs.orders}[name]
        made = make(work, args.divide, args.seed)
        for given in made if isinstance(made, list) else [made]:
            # Of ships with one report there are no tracks, and an order matters to reading, not to them.
            lines += measured(given, tools if name == "one-mmsi" else tools[:1], work, args.runs)
            discard(given, args.keep)
    return lines


def discard(given: Input, keep: bool) -> None:
    """Removes an input that is not to be kept."""
    if not keep:
        shutil.rmtree(given.path)


def run(args: argparse.Namespace, work: Path) -> int:
    """Everything; returns the exit code."""
    landfall = args.landfall.resolve() if args.landfall else environment.build_landfall()
    work = work / "scale"
    work.mkdir(exist_ok=True)
    tools = ways(landfall, args.limit)
    sizes = measure_sizes(args, tools, work)
    shapes = measure_shapes(args, tools, work)
    text = render(landfall, sizes, shapes, args.runs)
    args.out.write_text(text, encoding="utf-8")
    print(text)
    return 0 if all(line.took.status == 0 for line in [*sizes, *shapes]) else 1

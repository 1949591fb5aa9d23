"""The comparison itself: data, runs, agreement, truth, result."""

from __future__ import annotations

import argparse
import filecmp
import hashlib
import sys
from pathlib import Path

import polars as pl

import environment
import result
from agreement import Agreement, Tolerance, compare
from common import PORTS_CSV
from events import read_events
from runner import Measurement, Tool, best_of
from simulate import default_vessels, simulate
from spoil import LARGE, SMALL
from spoiled import judge_all, surprises
from truth import Check, Truth, check_truth
from verdict import Verdict

HERE = Path(__file__).resolve().parent
LANDFALL, EVERY_REPORT, LITTLE_MEMORY = "Landfall", "Landfall --simplify 0", "Landfall --memory 512MB"
# With fewer rows than these, faults are planted in small feeds.
FAULTS_LARGE_ROWS = 1_000_000
LANDFALL_CUT, MOVINGPANDAS = "Landfall, cut", "movingpandas, cut"
EVENT_LAYERS = ["port_calls.geojson", "passages.geojson", "stops.geojson", "gaps.geojson"]
ALL_LAYERS = [*EVENT_LAYERS, "voyages.geojson", "tracks.geojson", "vessels.csv", "flagged.csv", "rejected.csv"]


def made_of() -> str:
    """A hash of what the data depends on besides the options: the simulator, the ports, the packages."""
    names = ("simulate.py", "ships.py", "reports.py", "facts.py", "rows.py", "common.py", "requirements.txt")
    files = [*(HERE / name for name in names), PORTS_CSV]
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()


def simulated(args: argparse.Namespace, work: Path) -> Path:
    """The data, made if it is not there or was made by another simulator."""
    if args.data:
        return args.data.resolve()
    vessels = args.vessels or default_vessels(args.rows, args.days)
    path = work / f"aisdk-{args.rows}-{vessels}-{args.days:g}-{args.seed}.csv"
    stamp = path.with_suffix(".truth") / "made-of.sha256"
    if not stamp.exists() or stamp.read_text(encoding="utf-8") != made_of():
        print(f"making {path}", flush=True)
        simulate(path, args.rows, vessels, args.days, args.seed)
        stamp.write_text(made_of(), encoding="utf-8")
    return path


def cut_of(data: Path, mmsis: list[int], work: Path) -> tuple[Path, int]:
    """The rows of some ships, as they are, and how many."""
    path = work / "cut.csv"
    wanted = [str(mmsi) for mmsi in mmsis]
    rows = pl.scan_csv(data, infer_schema=False).filter(pl.col("MMSI").is_in(wanted)).collect(engine="streaming")
    rows.write_csv(path, quote_style="never")
    return path, rows.height


def tools(landfall: Path, limit_s: float) -> tuple[list[Tool], list[Tool]]:
    """What is run on the whole file, and on the cut."""

    def script(name: str) -> list[str]:
        return [sys.executable, str(HERE / name), "{input}", "{out}"]

    run = environment.run_command(landfall)
    whole = [Tool(LANDFALL, run), Tool(EVERY_REPORT, [*run, "--simplify", "0"])]
    if environment.has_option(landfall, "--memory"):
        whole.append(Tool(LITTLE_MEMORY, [*run, "--memory", "512MB"]))
    whole += [
        Tool("polars", script("peer_polars.py")),
        Tool("DuckDB", script("peer_duckdb.py")),
        Tool("polars, five columns read only", script("scan_polars.py")),
    ]
    return whole, [Tool(LANDFALL_CUT, run), Tool(MOVINGPANDAS, script("peer_movingpandas.py"), limit_s)]


def measure_all(
    args: argparse.Namespace, landfall: Path, data: Path, truth: Truth, work: Path
) -> tuple[dict[str, Measurement], dict[str, Measurement]]:
    """Runs every tool; by name, on the whole file and on the cut."""
    on_whole, on_cut = tools(landfall, args.limit)
    rows = truth.summary["rows"]
    print(f"{data}: {rows:,} rows", flush=True)
    whole = {tool.name: best_of(tool, data, rows, work, args.runs) for tool in on_whole}
    cut = {}
    if args.cut:
        alone = truth.on_ids(shared=False).calls["mmsi"].unique().sort().to_list()
        path, rows = cut_of(data, alone[: args.cut], work)
        print(f"{path}: {rows:,} rows", flush=True)
        # The slow one once only.
        runs = {LANDFALL_CUT: args.runs, MOVINGPANDAS: 1}
        cut = {tool.name: best_of(tool, path, rows, work, runs[tool.name]) for tool in on_cut}
    return whole, cut


def failures(measured: dict[str, Measurement]) -> list[str]:
    """The tools that failed, which is not to be slow."""
    return [name for name, each in measured.items() if each.status != 0 and not each.timed_out]


def agreements(truth: Truth, out: dict[str, Path], tolerance: Tolerance) -> list[Agreement]:
    """Landfall beside each peer that finished."""
    ours = read_events(out[LANDFALL], truth.shared)
    found = []
    for peer in ("polars", "DuckDB"):
        found += compare(peer, ours, read_events(out[peer], truth.shared), tolerance)
    if MOVINGPANDAS in out:
        theirs = read_events(out[MOVINGPANDAS])
        found += compare("movingpandas", read_events(out[LANDFALL_CUT]), theirs, tolerance)
    return found


def check_options(out: dict[str, Path]) -> list[Check]:
    """That Landfall's other runs found the same."""
    checks = []
    for name, layers in {EVERY_REPORT: EVENT_LAYERS, LITTLE_MEMORY: ALL_LAYERS}.items():
        if name in out:
            differ = [each for each in layers if not filecmp.cmp(out[LANDFALL] / each, out[name] / each, shallow=False)]
            found = f"{', '.join(differ)} differ" if differ else f"the same in {len(layers)} files"
            checks.append(Check(f"{name} beside the default", found, "the same bytes", not differ))
    return checks


def judged_faults(args: argparse.Namespace, landfall: Path, work: Path) -> tuple[list[Verdict], list[str]]:
    """Landfall on feeds with planted faults: what became of each, and what is not as `known.py` has it."""
    size = args.faults or ("large" if args.rows >= FAULTS_LARGE_ROWS else "small")
    if size == "none":
        return [], []
    print(f"planting faults, {size}", flush=True)
    verdicts = judge_all(landfall, work / "faults", {"large": LARGE, "small": SMALL}[size])
    return verdicts, surprises(verdicts, may_be_right=size == "large")


def run(args: argparse.Namespace, work: Path) -> int:
    """Everything; returns the exit code."""
    landfall = args.landfall.resolve() if args.landfall else environment.build_landfall()
    data = simulated(args, work)
    truth = Truth.read(data.with_suffix(".truth"))
    whole, cut = measure_all(args, landfall, data, truth, work)
    measured = {**whole, **cut}
    if failed := failures(measured):
        for name in failed:
            print(f"{name} failed:\n{measured[name].output}", file=sys.stderr)
        return 1

    out = {name: work / "out" / Tool(name, []).folder for name, each in measured.items() if not each.timed_out}
    tolerance = Tolerance.of(truth.summary)
    agreed = agreements(truth, out, tolerance)
    checks = check_truth(truth, out[LANDFALL]) + check_options(out)
    verdicts, unexpected = judged_faults(args, landfall, work)

    measurements = result.Measurements(whole, cut, args.runs, args.cut, args.limit)
    about = result.about(data, truth.summary, landfall)
    parts = [*result.agreement(agreed, tolerance), *result.truth(checks), *result.faults(verdicts, unexpected)]
    text = result.render(about, measurements, parts)
    args.out.write_text(text, encoding="utf-8")
    print(text)
    return 0 if all(each.holds for each in [*agreed, *checks]) and not unexpected else 1

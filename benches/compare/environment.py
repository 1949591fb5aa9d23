"""The Python environment that the comparison runs in, the Landfall that it measures, and the machine."""

from __future__ import annotations

import hashlib
import json
import os
import platform
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parents[1]
REQUIREMENTS = HERE / "requirements.txt"


def default_work() -> Path:
    """Where data, environment and outputs go: beside Cargo's target if that is elsewhere, else a temporary folder."""
    target = os.environ.get("CARGO_TARGET_DIR")
    return Path(target) / "compare" if target else Path(tempfile.gettempdir()) / "landfall-compare"


def enter(given: Path | None) -> Path:
    """Goes on in a virtual environment with the pinned packages, which is made if need be; returns the work folder."""
    work = (given or default_work()).resolve()
    work.mkdir(parents=True, exist_ok=True)
    folder = work / "venv"
    if Path(sys.prefix).resolve() == folder.resolve():
        return work
    wanted = hashlib.sha256(REQUIREMENTS.read_bytes()).hexdigest()
    stamp = folder / "requirements.sha256"
    python = folder / "bin" / "python"
    if not stamp.exists() or stamp.read_text() != wanted:
        print(f"installing {REQUIREMENTS.name} into {folder}", flush=True)
        venv.create(folder, with_pip=True, clear=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", "--no-deps", "-r", REQUIREMENTS], check=True)
        stamp.write_text(wanted)
    os.execv(python, [str(python), *sys.argv])


def build_landfall() -> Path:
    """Builds Landfall as it is released; returns the binary."""
    subprocess.run(["cargo", "build", "--release", "--locked"], cwd=REPOSITORY, check=True)
    metadata = subprocess.run(
        ["cargo", "metadata", "--format-version", "1", "--no-deps", "--locked"],
        cwd=REPOSITORY,
        check=True,
        capture_output=True,
    )
    return Path(json.loads(metadata.stdout)["target_directory"]) / "release" / "landfall"


def has_option(landfall: Path, option: str) -> bool:
    """Whether `landfall run` knows an option."""
    told = subprocess.run([landfall, "run", "--help"], check=True, capture_output=True, text=True)
    return option in told.stdout.split()


def run_command(landfall: Path) -> list[str]:
    """How Landfall is run. Without its map: the peers draw none."""
    no_map = ["--no-map"] if has_option(landfall, "--no-map") else []
    return [str(landfall), "run", "--quiet", *no_map, "{input}", "--out", "{out}"]


def landfall_version(landfall: Path) -> str:
    """What `landfall --version` says."""
    return subprocess.run([landfall, "--version"], check=True, capture_output=True, text=True).stdout.strip()


def machine() -> str:
    """Processor, cores, memory and system in a line."""
    model = "unknown processor"
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        names = [line.split(":", 1)[1].strip() for line in cpuinfo.read_text().splitlines() if "model name" in line]
        model = names[0] if names else platform.machine()
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{model}, {os.cpu_count()} cores, {memory:.0f} GiB of memory, {platform.system()} {platform.release()}"

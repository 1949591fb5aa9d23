"""Tools to be measured, run one after the other on a file that is in the page cache."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent


@dataclass(frozen=True)
class Tool:
    """A command; `{input}` and `{out}` in it stand for the file to read and the folder to write."""

    name: str
    command: list[str]
    timeout_s: float = 7200.0

    @property
    def folder(self) -> str:
        """A name for its output folder."""
        return "".join(letter if letter.isalnum() else "-" for letter in self.name.lower())


@dataclass(frozen=True)
class Measurement:
    """What a run took: seconds, megabytes (10^6 bytes), and the load of the machine before it."""

    tool: str
    rows: int
    wall_s: float
    cpu_s: float
    system_s: float
    peak_mb: float
    load_before: float
    status: int
    timed_out: bool
    output: str


def warm(path: Path) -> None:
    """Reads a file or every file of a folder, so that the system has it in memory."""
    for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
        if file.is_file():
            with file.open("rb", buffering=0) as data:
                while data.read(1 << 24):
                    pass


def measure(tool: Tool, data: Path, rows: int, work: Path) -> Measurement:
    """One run of a tool."""
    out, log = work / "out" / tool.folder, work / "out" / f"{tool.folder}.log"
    shutil.rmtree(out, ignore_errors=True)
    out.parent.mkdir(parents=True, exist_ok=True)
    warm(data)
    command = [part.replace("{input}", str(data)).replace("{out}", str(out)) for part in tool.command]
    measured = subprocess.run(
        [sys.executable, "-I", str(HERE / "measure.py"), str(tool.timeout_s), str(log), *command],
        check=True,
        capture_output=True,
        text=True,
    )
    output = log.read_text(encoding="utf-8", errors="replace")
    return Measurement(tool=tool.name, rows=rows, output=output, **json.loads(measured.stdout))


def best_of(tool: Tool, data: Path, rows: int, work: Path, runs: int) -> Measurement:
    """The fastest of several runs; what fails or takes too long is not run again."""
    measured = []
    for _ in range(runs):
        measured.append(measure(tool, data, rows, work))
        last = measured[-1]
        print(
            f"  {tool.name:32} {last.wall_s:8.1f} s wall {last.cpu_s:8.1f} s CPU {last.peak_mb:8.0f} MB"
            f"  (load before {last.load_before:.1f})",
            flush=True,
        )
        if last.status != 0:
            break
    finished = [each for each in measured if each.status == 0]
    return min(finished, key=lambda each: each.wall_s) if finished else measured[-1]

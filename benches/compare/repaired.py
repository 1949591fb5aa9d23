"""What a program would do that knew every planted row: the true rows of a spoiled feed alone, and every flag right.

It shows whether the bounds can be kept, and which of them ask for more than to set planted rows aside: kinds of gaps,
coarse or noisy positions, lone reports.
"""

from __future__ import annotations

import csv
from pathlib import Path

from spoiled_files import CaseFiles, Run


def write_true_rows(folder: Path, path: Path) -> None:
    """The rows of a case that show where its vessels were, as a feed."""
    with (folder / "truth" / "planted.csv").open(encoding="utf-8") as file:
        planted = {int(row["row"]): row for row in csv.DictReader(file)}
    lines = (folder / "spoiled.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8") as out:
        for row, line in enumerate(lines):
            each = planted.get(row)
            if each is None or each["fate"] == "altered" or (each["fate"] == "harmless" and each["heard"]):
                out.write(line)


def flag_planted(run: Run, case: CaseFiles) -> Run:
    """The run with every planted row flagged by a right word, or rejected, no other, and every zone told."""
    planted = [row for row, fate in case.planted.items() if fate == "planted"]
    words = set(case.rules["flags"])
    run.flagged = dict.fromkeys(planted, words) if words else {}
    run.rejected = {} if words else dict.fromkeys(planted, "no_position")
    run.zones = case.rules["zones"]
    return run

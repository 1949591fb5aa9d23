"""What a run made of a spoiled feed, in figures and in words."""

from __future__ import annotations

from dataclasses import dataclass, field

from spoiled_files import Run


@dataclass
class Verdict:
    """What a run made of a case. `faults` says in words, with rows of the file, what is not right."""

    name: str
    planted: int = 0
    told: int = 0
    wrongly_flagged: int = 0
    calls: int = 0
    calls_missed: int = 0
    calls_made_up: int = 0
    ends_off: int = 0
    voyages: int = 0
    voyages_missed: int = 0
    voyages_made_up: int = 0
    lengths_off: int = 0
    gaps: int = 0
    gaps_missed: int = 0
    gaps_made_up: int = 0
    stops_off: int = 0
    vessels_off: int = 0
    hulls: int = 0
    faults: list[str] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        """Whether every bound is kept."""
        return not self.faults

    def fault(self, text: str) -> None:
        """Adds what is not right."""
        self.faults.append(text)


def some(names: list[str], most: int = 5) -> str:
    """The first few of a list."""
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def words_of(rows: set[int], run: Run) -> str:
    """Rows by what was said of them, as ranges."""
    by_word: dict[str, list[int]] = {}
    for row in sorted(rows):
        word = "+".join(sorted(run.flagged.get(row, set()))) or run.rejected.get(row, "nothing said")
        by_word.setdefault(word, []).append(row)
    return "; ".join(f"{word} ({len(each)}): rows {ranges(each)}" for word, each in sorted(by_word.items()))


def ranges(rows: list[int], most: int = 12) -> str:
    """Row numbers as ranges."""
    out: list[list[int]] = []
    for row in rows:
        if out and row == out[-1][1] + 1:
            out[-1][1] = row
        else:
            out.append([row, row])
    return some([str(first) if first == last else f"{first}-{last}" for first, last in out], most)

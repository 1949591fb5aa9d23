#!/usr/bin/env python3
"""How fast and how right Landfall is beside polars, DuckDB and movingpandas, on data whose truth is known.

    python3 benches/compare/compare.py                    # everything, on 21.5 million rows
    python3 benches/compare/compare.py --rows 200000      # the same on little data, in a minute or two

Makes its own environment and data, runs each tool on the same file, checks that all agree and that Landfall found what
really happened, and writes a table. It fails if agreement or truth are outside their bounds.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import environment

HERE = Path(__file__).resolve().parent


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=Path, help="where data, environment and outputs go (default: a build folder)")
    parser.add_argument("--landfall", type=Path, help="a Landfall to measure, instead of building one")
    parser.add_argument(
        "--out", type=Path, default=HERE / "RESULT.md", help="the table to write (default RESULT.md here)"
    )
    parser.add_argument("--rows", type=int, default=21_500_000, help="about so many rows (default 21,500,000)")
    parser.add_argument("--vessels", type=int, help="so many ships (default: as many as the rows ask for)")
    parser.add_argument("--days", type=float, default=30.0, help="days of data (default 30)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--data", type=Path, help="a file made by simulate.py, with its truth beside it")
    parser.add_argument("--runs", type=int, default=3, help="the fastest of so many runs counts (default 3)")
    parser.add_argument(
        "--faults",
        choices=["large", "small", "none"],
        help="feeds with planted faults (default: large; small with fewer than a million rows)",
    )
    parser.add_argument(
        "--cut", type=int, default=3, help="movingpandas gets so many ships (default 3; 0 leaves it out)"
    )
    parser.add_argument(
        "--limit", type=float, default=900, help="seconds after which movingpandas is ended (default 900)"
    )
    return parser.parse_args()


def main() -> int:
    """The command; returns its exit code."""
    args = arguments()
    work = environment.enter(args.work)

    # Only now are the packages there that this needs.
    import comparison

    return comparison.run(args, work)


if __name__ == "__main__":
    sys.exit(main())

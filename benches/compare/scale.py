#!/usr/bin/env python3
"""How Landfall's time and memory grow with its input, and how it bears inputs of awkward shapes.

    python3 benches/compare/scale.py                                  # 2 and 20 million rows, and the shapes
    python3 benches/compare/scale.py --rows 2e6 2e7 2e8 --shapes      # 200 million rows as well, no shapes
    python3 benches/compare/scale.py --rows 1e5 1e6 --divide 100      # a trial, shapes of a hundredth of their size

Sizes: simulated ships again and again under other MMSIs and in other months, as `.csv.zst`. Shapes: `one-mmsi`, one
MMSI with 50 million reports of five ships; `many-vessels`, a million ships with one report each; `orders`, 2 million
rows in order of time, in reverse, and cut into ten thousand files. Landfall is given 512 MB of memory.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import environment

HERE = Path(__file__).resolve().parent
SHAPES = ["one-mmsi", "many-vessels", "orders"]


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=float, nargs="*", default=[2e6, 2e7], help="sizes (default 2e6 2e7)")
    parser.add_argument("--shapes", nargs="*", choices=SHAPES, default=SHAPES, help="shapes (default all)")
    parser.add_argument("--divide", type=int, default=1, help="make the shapes so many times smaller (default 1)")
    parser.add_argument("--work", type=Path, help="where data, environment and outputs go (default: a build folder)")
    parser.add_argument("--landfall", type=Path, help="a Landfall to measure, instead of building one")
    parser.add_argument(
        "--out", type=Path, default=HERE / "SCALE.md", help="the table to write (default SCALE.md here)"
    )
    parser.add_argument("--runs", type=int, default=1, help="the fastest of so many runs counts (default 1)")
    parser.add_argument("--limit", type=float, default=7200, help="seconds after which a run is ended (default 7200)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", action="store_true", help="keep the data that was made")
    return parser.parse_args()


def main() -> int:
    """The command; returns its exit code."""
    args = arguments()
    work = environment.enter(args.work)

    # Only now are the packages there that this needs.
    import scaling

    return scaling.run(args, work)


if __name__ == "__main__":
    sys.exit(main())

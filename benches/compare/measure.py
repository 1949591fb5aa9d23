#!/usr/bin/env python3
"""Runs one command and says what it took: wall and CPU seconds, peak memory.

It is a process of its own, and small: Linux counts the memory of the process that starts a command into the command's
peak. Use: `measure.py TIMEOUT_SECONDS OUTPUT_FILE COMMAND...`, which prints one line of JSON.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path


def run(command: list[str], timeout_s: float, output: Path) -> dict:
    """Runs a command, its output into a file, and ends it with its children after the timeout."""
    load = os.getloadavg()[0]
    begun = time.monotonic()
    with output.open("wb") as out:
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT, start_new_session=True)
    timed_out = False

    def end(which: int, *_: object) -> None:
        nonlocal timed_out
        timed_out = which == signal.SIGALRM
        os.killpg(process.pid, signal.SIGKILL)

    # Whoever ends this process ends the command, too.
    for which in (signal.SIGALRM, signal.SIGTERM, signal.SIGINT):
        signal.signal(which, end)
    signal.setitimer(signal.ITIMER_REAL, timeout_s)
    _, status, used = os.wait4(process.pid, 0)
    wall_s = time.monotonic() - begun
    signal.setitimer(signal.ITIMER_REAL, 0)
    return {
        "wall_s": wall_s,
        "cpu_s": used.ru_utime + used.ru_stime,
        "system_s": used.ru_stime,
        "peak_mb": used.ru_maxrss * 1024 / 1e6,
        "load_before": load,
        "status": os.waitstatus_to_exitcode(status),
        "timed_out": timed_out,
    }


if __name__ == "__main__":
    print(json.dumps(run(sys.argv[3:], float(sys.argv[1]), Path(sys.argv[2]))))

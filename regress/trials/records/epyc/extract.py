#!/usr/bin/env python3
"""Writes apart.txt and lockstep.txt: what rules are scored on, a small extract of the full records.

    python3 extract.py inter1.jsonl.gz lock1.jsonl.gz

One line for each workload, version and statistic: its name, then one number a round, in the order in which the rounds
were taken. Times in microseconds with five significant digits; lockstep pairs as log(new / old). See ORIGIN.
"""

import gzip
import json
import pathlib
import sys

import numpy

KINDS = ["alu", "sort", "map", "chase", "alloc", "parse", "pingpong", "syscall"]
STATISTICS = {
    "min": numpy.min,
    "median": numpy.median,
    "q90": lambda samples: numpy.quantile(samples, 0.9, method="median_unbiased"),
    "mean": numpy.mean,
    "sd": lambda samples: numpy.std(samples, ddof=1),
}


def records(path):
    with gzip.open(path, "rt") as lines:
        return [json.loads(line) for line in lines]


def series(rows, kind, version):
    return sorted((row for row in rows if row["k"] == kind and row["v"] == version), key=lambda row: row["r"])


def microseconds(nanoseconds):
    text = f"{nanoseconds / 1000:#.5g}"
    return text.rstrip(".") if "e" not in text else f"{nanoseconds / 1000:.0f}"


def apart(rows):
    for kind in KINDS:
        for version in ["a0", "a1", "b1", "b2", "b5", "b10"]:
            walls = [row["w"] for row in series(rows, kind, version)]
            for name, statistic in STATISTICS.items():
                numbers = " ".join(microseconds(statistic(numpy.array(wall))) for wall in walls)
                yield f"{kind} {version} {name} {numbers}\n"


def lockstep(rows):
    rows = [row for row in rows if row["s"] == "lock"]
    for kind in KINDS:
        for version in ["a", "b1", "b2", "b5", "b10"]:
            pairs = [numpy.log(row["bw"]) - numpy.log(row["aw"]) for row in series(rows, kind, version)]
            yield f"{kind} {version} pair {' '.join(f'{numpy.median(logs):.6f}' for logs in pairs)}\n"


here = pathlib.Path(__file__).parent
for name, lines in [("apart.txt", apart(records(sys.argv[1]))), ("lockstep.txt", lockstep(records(sys.argv[2])))]:
    (here / name).write_text("".join(lines))

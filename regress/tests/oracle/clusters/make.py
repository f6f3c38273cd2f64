#!/usr/bin/env python3
"""Writes cases.json: how far apart two programs may be, when processes are resampled and not measurements.

    python3 make.py          # numpy 2, scipy 1.17

`hull`: from the smallest to the largest difference of the median of a new and an old process. `resampled`: the central
95 % of the differences of mean process medians over *every* choice of processes with replacement, not over random ones.
`pooled`: scipy's Hodges-Lehmann interval of all measurements as if each were independent, by inverting its own
mannwhitneyu. `coverage` counts how often each holds the truth in 400 simulated comparisons of equal programs.
"""

import itertools
import json
import pathlib

import numpy
from scipy import stats

random = numpy.random.default_rng(20261121)


def side(processes, offset=0.0, between=0.1, within=0.02, measurements=20):
    return [
        [round(float(x), 6) for x in 1.0 + offset + random.normal(0, between) + random.normal(0, within, measurements)]
        for _ in range(processes)
    ]


def hull(old, new):
    differences = [numpy.median(n) - numpy.median(o) for o in old for n in new]
    return min(differences), max(differences)


def resampled(old, new):
    def means(processes):
        medians = [numpy.median(process) for process in processes]
        return [numpy.mean(choice) for choice in itertools.product(medians, repeat=len(medians))]

    differences = [n - o for o in means(old) for n in means(new)]
    return tuple(numpy.quantile(differences, [0.025, 0.975], method="inverted_cdf"))


def pooled(old, new):
    old, new = numpy.concatenate(old), numpy.concatenate(new)
    differences = numpy.sort((new[:, None] - old[None]).ravel())
    middle = len(old) * len(new) / 2
    deviation = numpy.sqrt(len(old) * len(new) * (len(old) + len(new) + 1) / 12)
    outside = int(max(middle - stats.norm.ppf(0.975) * deviation, 0))
    return differences[outside], differences[-1 - outside]


def coverage(processes, between):
    held = {"pooled": 0, "hull": 0, "resampled": 0}
    for _ in range(400):
        old, new = side(processes, between=between), side(processes, between=between)
        for rule in (pooled, hull, resampled):
            low, high = rule(old, new)
            held[rule.__name__] += low <= 0 <= high
    return {name: count / 400 for name, count in held.items()}


cases = []
for processes in [(2, 2), (3, 3), (2, 3), (1, 3), (2, 5)]:
    old, new = side(processes[0]), side(processes[1], offset=0.3)
    cases.append({"old": old, "new": new, "hull": hull(old, new), "resampled": resampled(old, new)})
table = [
    {"processes": processes, "between": between, "within": 0.02, **coverage(processes, between)}
    for processes in (2, 3)
    for between in (0.0, 0.02, 0.1)
]
path = pathlib.Path(__file__).parent / "cases.json"
path.write_text(json.dumps({"cases": cases, "coverage": table}, indent=1) + "\n")
for row in table:
    print(row)

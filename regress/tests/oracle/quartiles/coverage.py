#!/usr/bin/env python3
"""How often median ± 1.82 · (1 + 5/n) · (q3 − q1) / √n holds the median that samples were drawn around.

    python3 coverage.py > coverage.txt      (numpy 1.24 or later)
"""

import numpy

REACH = 1.96 * 1.2533 / 1.349
random = numpy.random.default_rng(1)
SOURCES = {
    "uniform": (lambda shape: random.uniform(size=shape), 0.5),
    "normal": (lambda shape: random.normal(size=shape), 0.0),
    "exponential": (lambda shape: random.exponential(size=shape), numpy.log(2.0)),
    "log-normal": (lambda shape: numpy.exp(random.normal(size=shape)), 1.0),
    "Pareto 1.5": (lambda shape: random.pareto(1.5, size=shape), 2.0 ** (1.0 / 1.5) - 1.0),
}

for values in (5, 10, 20, 50, 100, 1000):
    held = []
    for name, (draw, center) in SOURCES.items():
        samples = draw((20_000, values))
        first, median, third = numpy.percentile(samples, [25, 50, 75], axis=1)
        reach = REACH * (1.0 + 5.0 / values) * (third - first) / numpy.sqrt(values)
        share = numpy.mean((median - reach <= center) & (center <= median + reach))
        held.append(f"{name} {100.0 * share:.1f} %")
    print(f"{values} values: " + ", ".join(held))

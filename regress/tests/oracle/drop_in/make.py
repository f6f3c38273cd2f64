#!/usr/bin/env python3
"""Writes the cases anew: their inputs, and what benchstat prints for them.

    python3 make.py benchstat          # any benchstat of golang.org/x/perf; see ORIGIN

Each case is something that a benchmark file or an argument may hold and that a program of another language reads, rounds
or sorts in another way than Go. Files are those of ../benchstat, as its README tells.
"""

import json
import pathlib
import random
import subprocess
import sys

HERE = pathlib.Path(__file__).parent


def lines(name, values, unit="ns/op"):
    return [f"Benchmark{name} 100 {value} {unit}" for value in values]


def spread(seed, count, center=1000.0):
    generator = random.Random(seed)
    return [f"{center * (1 + 0.1 * generator.gauss(0, 1)):.4f}" for _ in range(count)]


def numbers():
    """What Go takes for a number, and what it does not."""
    read = ["1_000", "1_0.2_5e0_1", "0x1p4", "-0X_1.8P-1", "0x.8p1", "+.5e2", "5.", "1E-5", "00012", "9223372036854775807"]
    refused = ["1__0", "_1", "1_", "0x1", "0b1", "+nan", "1e", "e5", ".", "--1", "1e400", "0x1p5000", "1_.5"]
    both = [line for value in read + refused for line in lines(f"Value/of={value}", [value], "widgets")]
    return {"old.txt": both, "new.txt": both}


def orders():
    """Above 20 measurements the interval leans to one side or the other, as rounding has it."""
    return {"old.txt": [line for n in range(20, 34) for line in lines(f"Many/n={n}", spread(n, n))]}


def far_apart():
    """The upper tail is one minus almost one, which is nothing; the lower tail is not."""
    slow, fast = spread(1, 62, 2000.0), spread(2, 68)
    return {"old.txt": lines("Down", slow) + lines("Up", fast), "new.txt": lines("Down", fast) + lines("Up", slow)}


def halfway():
    """Two shortest texts of a number are equally near to it."""
    values = ["579855397582570.25", "145843532731103.125", "675877757207425.25", "-203188357992279.125"]
    return {"old.txt": [line for index, value in enumerate(values) for line in lines(f"Half/{index}", [value], "x")]}


def places():
    """Numbers in names, in their order."""
    names = ["1_000", "999", "2k", "1Ki", "0x1p4", "NaN", "none", "1e999", "7.5.1", "_5", "", "-3"]
    return {"old.txt": [line for name in names for line in lines(f"Sort/n={name}", spread(len(name), 6))]}


def last_line():
    """The last line ends without a line feed, and with a return."""
    return {"old.txt": ["note: a\r", *(f"{line}\r" for line in lines("Last", spread(3, 6, 50.0), "B/op"))]}


def plain():
    return {"old.txt": lines("Plain/a=1-8", spread(4, 6)), "new.txt": lines("Plain/a=1-8", spread(5, 6))}


def broken():
    return {**plain(), "broken.txt": ["BenchmarkX 1", "BenchmarkY x 2 ns/op"]}


BOTH = ["old.txt", "new.txt"]
CASES = {
    "numbers": (numbers, BOTH),
    "orders": (orders, ["old.txt"]),
    "orders-50-percent": (orders, ["-confidence", "0.5", "old.txt"]),
    "orders-99-percent": (orders, ["-confidence", "0.99", "old.txt"]),
    "orders-no-percent": (orders, ["-confidence", "0", "old.txt"]),
    "far-apart": (far_apart, BOTH),
    "far-apart-at-0": (far_apart, ["-alpha", "0", *BOTH]),
    "halfway": (halfway, ["old.txt"]),
    "places": (places, ["-row", "/n@num", "old.txt"]),
    "last-line": (last_line, ["old.txt"]),
    "missing-file": (broken, ["old.txt", "broken.txt", "missing.txt", "broken.txt"]),
    "bad-filter": (plain, ["-filter", "/a:(1 2)", *BOTH]),
    "bad-filter-late": (plain, ["-filter", '"":x .config:y )', *BOTH]),
    "bad-filter-meaning": (plain, ["-filter", '.name:Plain -"":x .config:y', *BOTH]),
    "bad-row": (plain, ["-row", ".name /a@size", *BOTH]),
    "bad-table-late": (plain, ["-table", '.unit "" a@x (', *BOTH]),
    "bad-ignore": (plain, ["-ignore", ".unit", *BOTH]),
    "bad-col-after-row": (plain, ["-col", "(", "-row", ")", *BOTH]),
    "bad-alpha": (plain, ["-alpha", "1.5", *BOTH]),
    "bad-confidence": (plain, ["-confidence", "-1", *BOTH]),
}


def main(benchstat):
    for name, (make, arguments) in CASES.items():
        directory = HERE / name
        directory.mkdir(exist_ok=True)
        for file, content in make().items():
            end = "" if name == "last-line" else "\n"
            (directory / file).write_bytes(("\n".join(content) + end).encode())
        (directory / "args.json").write_text(json.dumps(arguments, ensure_ascii=False) + "\n")
        for expected, first in (("expected.txt", []), ("expected.csv", ["-format", "csv"])):
            told = subprocess.run([benchstat, *first, *arguments], cwd=directory, capture_output=True, check=True)
            (directory / expected).write_bytes(told.stdout)
            (directory / f"{expected}.stderr").write_bytes(told.stderr)


if __name__ == "__main__":
    main(*sys.argv[1:])

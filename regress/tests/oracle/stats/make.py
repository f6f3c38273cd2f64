#!/usr/bin/env python3
"""Writes cases.json, paired.json and scaling.json: what other people's programs say about fixed inputs.

    python3 make.py            writes them next to this script

From scipy or numpy: the Mann-Whitney test without ties and its normal approximation, Benjamini and
Hochberg's adjustment, quantiles, the MAD, the binomial and the normal distribution. Where neither
has the thing, it is computed here from its definition, by other means than in the Rust sources: the
exact Mann-Whitney test with ties (scipy's ignores them) by enumeration, Hodges and Lehmann's
estimate from all pairs, the distribution of U by recurrence, Holm's adjustment, Wilcoxon's
signed-rank test with ties by enumeration. paired.json holds what is about differences in pairs: the
trimmed mean with Yuen's test (scipy.stats.trim_mean, ttest_ind with trim), Student's t and
Wilcoxon's signed-rank test. scaling.json holds how costs grow with their sizes: scipy.stats.linregress
and numpy.polyfit on logarithms.

No value here was copied from the Rust program.
"""

import itertools
import json
import math
import pathlib

import numpy
import scipy
from scipy import special, stats

random = numpy.random.default_rng(20250101)
CONFIDENCES = [0.8, 0.9, 0.95, 0.99]


def distinct(size, center=0.0):
    return [float(x) for x in random.normal(10.0 + center, 1.0, size)]


def tied(size, center=0):
    return [float(x) for x in random.poisson(3 + center, size)]


def twice_u(old, new):
    """Twice the number of pairs in which new is larger, ties counting one half."""
    return sum(2 * (b > a) + (b == a) for a in old for b in new)


def enumerated_p(old, new):
    """The share of all choices of old values that are at least as far from the middle."""
    pool = old + new
    middle = len(old) * len(new)
    measured = abs(twice_u(old, new) - middle)
    extreme = total = 0
    for chosen in itertools.combinations(range(len(pool)), len(old)):
        rest = set(range(len(pool))).difference(chosen)
        distance = abs(twice_u([pool[i] for i in chosen], [pool[i] for i in rest]) - middle)
        extreme += distance >= measured
        total += 1
    return extreme / total


def rank_test(old, new, method):
    if method == "enumerated":
        p = enumerated_p(old, new)
    else:
        p = float(stats.mannwhitneyu(new, old, alternative="two-sided", method=method).pvalue)
    return {"old": old, "new": new, "method": method, "u": twice_u(old, new) / 2, "p": p}


def rank_tests():
    for n_old, n_new in [(1, 1), (1, 5), (3, 3), (4, 7), (8, 8), (10, 10), (12, 20), (20, 20), (5, 50), (50, 50)]:
        for center in [0.0, 0.7, 2.0]:
            yield rank_test(distinct(n_old), distinct(n_new, center), "exact")
    for n_old, n_new in [(1, 4), (3, 3), (2, 6), (4, 4), (5, 3), (5, 5), (7, 5), (6, 6)]:
        for center in [0, 2]:
            yield rank_test(tied(n_old), tied(n_new, center), "enumerated")
    yield rank_test([3.0], [1.0] * 7 + [2.0], "enumerated")
    for n_old, n_new in [(60, 60), (51, 3), (100, 80), (200, 300)]:
        for center in [0.0, 0.2, 0.8]:
            yield rank_test(distinct(n_old), distinct(n_new, center), "asymptotic")
    for n_old, n_new in [(26, 26), (30, 40), (100, 10)]:
        for center in [0, 1]:
            yield rank_test(tied(n_old), tied(n_new, center), "asymptotic")


def u_counts(n_old, n_new):
    """Orderings for each U, by Mann and Whitney's recurrence on the last measurement, in integers."""
    if n_old == 0 or n_new == 0:
        return [1]
    counts = [0] * (n_old * n_new + 1)
    for u, count in enumerate(u_counts_known(n_old, n_new - 1)):
        counts[u + n_old] += count  # the largest is new: above every old one
    for u, count in enumerate(u_counts_known(n_old - 1, n_new)):
        counts[u] += count  # the largest is old
    return counts


KNOWN = {}


def u_counts_known(n_old, n_new):
    if (n_old, n_new) not in KNOWN:
        KNOWN[n_old, n_new] = u_counts(n_old, n_new)
    return KNOWN[n_old, n_new]


def end_number(n_old, n_new, confidence):
    """The largest k with 1 - 2 P(U <= k - 1) >= confidence, and that probability."""
    if max(n_old, n_new) > 50:
        middle = n_old * n_new / 2
        deviation = math.sqrt(n_old * n_new * (n_old + n_new + 1) / 12)
        reached = lambda k: 1 - 2 * stats.norm.cdf((k - 0.5 - middle) / deviation)
    else:
        counts = u_counts_known(n_old, n_new)
        reached = lambda k: 1 - 2 * sum(counts[:k]) / math.comb(n_old + n_new, n_old)
    k = 0
    while k < n_old * n_new / 2 and reached(k + 1) >= confidence:
        k += 1
    return k, float(reached(k)) if k else 1.0


def shift(old, new, confidence):
    differences = numpy.sort(numpy.subtract.outer(new, old), axis=None)
    k, reached = end_number(len(old), len(new), confidence)
    ratios = numpy.sort(numpy.subtract.outer(numpy.log(new), numpy.log(old)), axis=None) if min(old + new) > 0 else None
    ends = lambda values: [float(values[k - 1]), float(values[-k])] if k else None
    return {
        "old": old,
        "new": new,
        "wanted": confidence,
        "confidence": reached,
        "shift": float(numpy.median(differences)),
        "shift_ends": ends(differences),
        "ratio": None if ratios is None else float(numpy.exp(numpy.median(ratios))),
        "ratio_ends": None if ratios is None or not k else [math.exp(x) for x in ends(ratios)],
    }


def shifts():
    for n_old, n_new in [(1, 1), (3, 3), (4, 4), (6, 9), (10, 10), (20, 20), (50, 50), (60, 60), (5, 70), (100, 100)]:
        for confidence in CONFIDENCES:
            yield shift(distinct(n_old), distinct(n_new, 0.5), confidence)
    for n_old, n_new in [(5, 5), (12, 8), (40, 60)]:
        yield shift(tied(n_old), tied(n_new, 1), 0.95)


def holm(p_values):
    """Holm 1979, from its definition: of the i smallest, the largest (m - j + 1) p_j, at most 1."""
    m = len(p_values)
    ordered = sorted(p_values)
    return [
        min(1.0, max((m - j) * q for j, q in enumerate(ordered[: ordered.index(p) + 1])))
        for p in p_values
    ]


def adjustments():
    for size in [1, 2, 5, 30]:
        for power in [1, 4]:
            p_values = [float(p) for p in random.uniform(size=size) ** power]
            bh = [float(p) for p in stats.false_discovery_control(p_values, method="bh")]
            yield {"p": p_values, "holm": holm(p_values), "benjamini_hochberg": bh}


def quantiles():
    for values in [distinct(n) for n in [1, 2, 3, 5, 10, 31, 100]] + [tied(20)]:
        qs = [0.0, 0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99, 1.0]
        yield {
            "values": values,
            "q": qs,
            "quantiles": [float(x) for x in numpy.quantile(values, qs, method="median_unbiased")],
            "mad": float(stats.median_abs_deviation(values)),
        }


def median_orders():
    """P(at most k of n measurements lie below the median), for each k: what orders are worth."""
    for n in range(1, 31):
        cdf = [float(x) for x in stats.binom.cdf(range(n + 1), n, 0.5)]
        yield {"n": n, "cdf": cdf}


def normal():
    zs = [x / 4 for x in range(-40, 41)]
    return {"z": zs, "cdf": [float(special.ndtr(z)) for z in zs]}


cases = {
    "made_by": f"make.py with scipy {scipy.__version__}, numpy {numpy.__version__}",
    "rank_test": list(rank_tests()),
    "shift": list(shifts()),
    "adjust": list(adjustments()),
    "quantile": list(quantiles()),
    "median_orders": list(median_orders()),
    "normal": normal(),
}

paired_random = numpy.random.default_rng(20250102)


def differences(size, center=0.0, tails=3):
    return [float(x) for x in center + paired_random.standard_t(tails, size)]


def trimmed_mean(values, trim, boundary, confidence):
    """Yuen's test of scipy takes two samples: against one that never varies it is the test of one."""
    constant = [boundary] * 10
    test = lambda side: stats.ttest_ind(values, constant, equal_var=False, trim=trim, alternative=side)
    mean = float(stats.trim_mean(values, trim))
    above = test("greater")
    error = (mean - boundary) / float(above.statistic)
    reach = float(stats.t.isf((1 - confidence) / 2, above.df)) * error
    return {
        "values": values,
        "trim": trim,
        "mean": mean,
        "error": error,
        "freedom": round(float(above.df)),
        "boundary": boundary,
        "p_above": float(above.pvalue),
        "p_below": float(test("less").pvalue),
        "confidence": confidence,
        "ends": [mean - reach, mean + reach],
    }


def trimmed_means():
    for n in [2, 3, 4, 5, 8, 10, 20, 21, 40, 80, 160, 500]:
        for trim in [0.0, 0.1, 0.2, 0.25]:
            yield trimmed_mean(differences(n, 0.3), trim, 0.1, 0.95)
    for center in [0.5, 2.0, 5.0]:
        yield trimmed_mean(differences(20, center), 0.25, 0.0, 0.99)
        yield trimmed_mean(differences(160, center), 0.25, 0.0, 0.999)


def enumerated_signed_rank(values):
    """The share of all ways to give signs whose sum of positive ranks is at least, or at most, that large."""
    values = [x for x in values if x != 0]
    ranks = stats.rankdata(numpy.abs(values))
    measured = sum(r for r, x in zip(ranks, values) if x > 0)
    sums = [sum(itertools.compress(ranks, signs)) for signs in itertools.product([0, 1], repeat=len(values))]
    share = lambda holds: sum(map(holds, sums)) / len(sums)
    return share(lambda w: w >= measured), share(lambda w: w <= measured)


def signed_rank(values, method):
    if method == "enumerated":
        above, below = enumerated_signed_rank(values)
    else:
        p = lambda side: float(
            stats.wilcoxon(values, alternative=side, method=method, correction=True, zero_method="wilcox").pvalue
        )
        above, below = p("greater"), p("less")
    return {"values": values, "method": method, "p_above": above, "p_below": below}


def signed_ranks():
    for n in [1, 2, 3, 5, 8, 10, 20, 30, 50]:
        for center in [0.0, 0.7]:
            yield signed_rank(differences(n, center), "exact")
    for n in [1, 3, 6, 10, 14]:
        for center in [-1, 0, 1]:
            yield signed_rank([float(x) for x in paired_random.integers(-3, 4, n) + center], "enumerated")
    for n in [51, 60, 200]:
        yield signed_rank(differences(n, 0.2), "asymptotic")
        yield signed_rank([float(x) for x in paired_random.integers(-5, 7, n)] + [1.0] * 20, "asymptotic")


def student():
    for freedom in [1, 2, 5, 9, 19, 39, 79, 200]:
        for t in [0.0, 0.5, 2.0, 4.0, 7.0, 12.0]:
            yield {"freedom": freedom, "t": t, "upper": float(stats.t.sf(t, freedom))}


paired = {
    "made_by": f"make.py with scipy {scipy.__version__}, numpy {numpy.__version__}",
    "trimmed_mean": list(trimmed_means()),
    "signed_rank": list(signed_ranks()),
    "student": list(student()),
}

scaling_random = numpy.random.default_rng(20250103)


def growth(sizes, costs, power, logarithms, confidence):
    """The slope of ln(cost / law) on ln n, and that of the law itself."""
    x = numpy.log(sizes)
    law = power * x + (logarithms * numpy.log(x) if logarithms else 0.0)
    line = stats.linregress(x, numpy.log(costs) - law)
    law_exponent = float(numpy.polyfit(x, law, 1)[0])
    exponent = law_exponent + float(line.slope)
    reach = float(stats.t.ppf((1 + confidence) / 2, len(sizes) - 2) * line.stderr)
    return {
        "sizes": sizes,
        "costs": costs,
        "power": power,
        "logarithms": logarithms,
        "exponent": exponent,
        "law_exponent": law_exponent,
        "error": float(line.stderr),
        "confidence": confidence,
        "ends": [exponent - reach, exponent + reach],
    }


def growths():
    laws = [(0.0, 0), (0.0, 1), (1.0, 0), (1.0, 1), (1.2, 0), (2.0, 0), (2.0, 2)]
    for count in [3, 4, 5, 8, 20]:
        for power, logarithms in laws:
            sizes = sorted(float(round(n)) for n in numpy.exp(scaling_random.uniform(math.log(4), math.log(1e6), count)))
            noise = numpy.exp(scaling_random.normal(0.0, 0.1, count))
            true = scaling_random.choice([0.5, 1.0, 1.5, 2.0])
            costs = [float(40 + 3 * n**true * e) for n, e in zip(sizes, noise)]
            yield growth(sizes, costs, power, logarithms, float(scaling_random.choice(CONFIDENCES)))
    # A size measured twice.
    yield growth([10.0, 100.0, 100.0, 1000.0], [31.0, 290.0, 310.0, 3050.0], 1.0, 0, 0.95)


scaling = {
    "made_by": f"make.py with scipy {scipy.__version__}, numpy {numpy.__version__}",
    "growth": list(growths()),
}


def write(name, cases):
    """One case a line, so that a change reads as one."""
    lines = []
    for key, value in cases.items():
        if isinstance(value, list):
            rows = ",\n".join("    " + json.dumps(row) for row in value)
            lines.append(f'  "{key}": [\n{rows}\n  ]')
        else:
            lines.append(f'  "{key}": {json.dumps(value)}')
    path = pathlib.Path(__file__).with_name(name)
    path.write_text("{\n" + ",\n".join(lines) + "\n}\n")


write("cases.json", cases)
write("paired.json", paired)
write("scaling.json", scaling)

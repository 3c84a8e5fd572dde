"""How long ranking and measuring take: ``python benchmarks/ranking.py``.

Ranking: 1,040 models x 34 (channel, signal) pairs x 4 figures by six methods. Measuring: the five default
metrics with their intervals on 10,000 background and 2,000 signal events, eight signals on each background.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator

import numpy as np

from adbench.api import Metric, Ranking, Scored, ScoreTable
from adbench.metrics.plugin import DEFAULT_METRICS, adbench_metrics
from adbench.rankings.compat import Publication
from adbench.rankings.plugin import SIX_RANKINGS, adbench_rankings
from adbench.rankings.rows import Rows
from adbench.rankings.table import identical_entries, rank_entries

SIGNALS = {"1": 8, "2a": 7, "2b": 9, "3": 10}
FIGURES = ("auc", "eps_s@1e-2", "eps_s@1e-3", "eps_s@1e-4")
MODELS, BACKGROUND, SIGNAL = 1040, 10_000, 2_000


def main() -> None:
    tables = score_tables()
    published = np.ones(MODELS, bool)
    print(f"{MODELS} models x 34 pairs x {len(FIGURES)} figures x {len(SIX_RANKINGS)} methods")
    report("default", lambda: rank_all(tables, identical_entries(tables, published)))
    rows = [Rows.of(table) for table in tables]
    report("compat arxiv-2105.14027", lambda: rank_published(rows))
    print(f"{', '.join(DEFAULT_METRICS)}, with intervals")
    for name, draw in (("unweighted", plain), ("weighted", weighted), ("four copies of each event", copied)):
        report(f"{name}, per signal", *measuring(draw))


def score_tables() -> list[ScoreTable]:
    """Return tables like the published ones: rounded, with many ties and zeros."""
    rng = np.random.default_rng(0)
    columns = tuple((channel, f"s{i}") for channel, count in SIGNALS.items() for i in range(count))
    entries = tuple(f"model_{i}" for i in range(MODELS))
    quality = rng.beta(2, 2, (MODELS, 1))
    auc = np.clip(quality + rng.normal(0, 0.1, (MODELS, len(columns))), 0, 1)
    return [ScoreTable(entries, columns, np.round(auc ** (1 + 3 * i), 2), name) for i, name in enumerate(FIGURES)]


def rank_all(tables: list[ScoreTable], twins: dict[str, str]) -> None:
    rankings: list[Ranking] = [spec.load() for spec in adbench_rankings() if spec.name in SIX_RANKINGS]
    for table in tables:
        for ranking in rankings:
            rank_entries(table, ranking, twins)


def rank_published(rows: list[Rows]) -> None:
    for figure in rows:
        published = Publication.of(figure)
        for ranking in SIX_RANKINGS:
            published.ranked(ranking)


def plain(rng: np.random.Generator, n: int, shift: float) -> Scored:
    return Scored.of(rng.normal(shift, 1.0, n))


def weighted(rng: np.random.Generator, n: int, shift: float) -> Scored:
    return Scored.of(rng.normal(shift, 1.0, n), rng.uniform(0.5, 2.0, n))


def copied(rng: np.random.Generator, n: int, shift: float) -> Scored:
    return Scored.of(rng.normal(shift, 1.0, n), sources=np.arange(n) // 4)


def measuring(draw: Callable[[np.random.Generator, int, float], Scored]) -> tuple[Callable[[], None], int]:
    """Return what to time, and how many signals that measures: eight signals on each of four backgrounds."""
    rng = np.random.default_rng(0)
    chosen = list(default_metrics())
    channels = [(draw(rng, BACKGROUND, 0.0), [draw(rng, SIGNAL, 1.5) for _ in range(8)]) for _ in range(4)]

    def measure() -> None:
        for background, signals in channels:
            for signal in signals:
                for metric in chosen:
                    metric(background, signal)

    return measure, 32


def default_metrics() -> Iterator[Metric]:
    specs = {spec.name: spec for spec in adbench_metrics()}
    for name in DEFAULT_METRICS:
        family, _, number = name.partition("@")
        yield specs[family].load()(number) if number else specs[family].load()


def report(what: str, work: Callable[[], None], parts: int = 1) -> None:
    """Print the median time of five runs, divided by the number of parts."""
    times = []
    for _ in range(5):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    print(f"  {what:<40} {1e3 * statistics.median(times) / parts:8.2f} ms")


if __name__ == "__main__":
    main()

"""Counters for Prometheus. Labels are ours alone: methods, templates, codes. Never a value sent.

With `PROMETHEUS_MULTIPROC_DIR` set (as `orderveil up` does), all processes of the server count
into one set of files.
"""

import os

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

REQUESTS = Counter(
    "orderveil_requests_total", "Requests answered.", ("method", "template", "status")
)
REFUSALS = Counter("orderveil_refusals_total", "Requests refused, by reason.", ("code",))
SECONDS = Histogram(
    "orderveil_request_seconds",
    "Time to answer.",
    ("template",),
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0),
)


def exposition(gauges: dict[str, tuple[str, float]]) -> bytes:
    """The text format, with `gauges` (name -> help, value) read at this moment."""
    registry = CollectorRegistry()
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    else:
        for counted in (REQUESTS, REFUSALS, SECONDS):
            registry.register(counted)
    own = CollectorRegistry()
    for name, (text, value) in gauges.items():
        Gauge(name, text, registry=own, multiprocess_mode="max").set(value)
    return generate_latest(registry) + _plain(own)


def _plain(registry: CollectorRegistry) -> bytes:
    lines = []
    for family in registry.collect():
        lines.append(f"# HELP {family.name} {family.documentation}")
        lines.append(f"# TYPE {family.name} {family.type}")
        lines += [f"{sample.name} {sample.value}" for sample in family.samples]
    return "\n".join([*lines, ""]).encode()

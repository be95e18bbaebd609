"""The process that makes labels, which some buyers' names kill: `python -m hops.label.frail`."""

import os
import sys
import time

from orderveil.hops.label import apart, layouts, making

KILLER, SLEEPER, THROWER = "Asha Abort", "Asha Asleep", "Asha Astray"


def _draw(content, face):
    if content.name == KILLER:
        os.abort()
    if content.name == SLEEPER:
        time.sleep(60)
    if content.name == THROWER:
        raise ValueError(content.name)
    return layouts.draw(content, face)


if __name__ == "__main__":
    making.draw = _draw
    apart.IDLE_SECONDS = float(os.environ.get("IDLE_SECONDS", "60"))
    apart.main(*sys.argv[1:])

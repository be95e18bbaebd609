"""Does it end? For work that must not grow faster than its text.

A pattern that goes back and forth holds the interpreter's lock, so that no thread could stop it:
the work runs in a process of its own, which is killed after a time that work of linear growth
needs a hundredth of, on the slowest machine.
"""

import subprocess
import sys
import textwrap

KILLED_AFTER_SECONDS = 120


def ends(code: str) -> bool:
    """Does this code end? Whatever it raises is raised here."""
    command = [sys.executable, "-c", textwrap.dedent(code)]
    try:
        subprocess.run(command, check=True, timeout=KILLED_AFTER_SECONDS)
    except subprocess.TimeoutExpired:
        return False
    return True

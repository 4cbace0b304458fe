"""The real `marketplace` command in a process that kills itself (SIGKILL) at a chosen moment: for what is left then.

`python dying.py MODULE:NAME WHEN NUMBER -- ARGUMENTS`: dies "before" or "after" that call of a function of the module,
or of Class.method; ARGUMENTS are those of `marketplace`.
"""

from __future__ import annotations

import importlib
import os
import signal
import sys
from typing import Any


def die_at(place: str, when: str, number: int) -> None:
    module, _, path = place.partition(":")
    holder: Any = importlib.import_module(module)
    *above, name = path.split(".")
    for part in above:
        holder = getattr(holder, part)
    whole, calls = getattr(holder, name), 0

    def dying(*args: Any, **options: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == number and when == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        result = whole(*args, **options)
        if calls == number:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    setattr(holder, name, dying)


if __name__ == "__main__":
    place, when, number, _, *arguments = sys.argv[1:]
    die_at(place, when, int(number))
    sys.argv = ["marketplace", *arguments]
    from marketplace.cli import main

    main()

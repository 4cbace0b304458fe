"""The command line, called in this process: the entry point a person's shell calls, without the second a new Python
takes to start. What must be a process of its own (signals, kills, two at once) starts one itself.
"""

from __future__ import annotations

import gc
import io
import signal
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from subprocess import CompletedProcess
from unittest.mock import patch

from marketplace.cli import main


def call(instance: Path, *words: str, typed: str = "") -> CompletedProcess[str]:
    """What `marketplace --instance INSTANCE WORDS…` answers: exit code and both outputs."""
    told, said = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8") for _ in range(2))
    argv = ["marketplace", "--instance", str(instance), *words]
    handler, threshold = signal.getsignal(signal.SIGTERM), gc.get_threshold()
    code: object = 0
    try:
        with (
            patch.object(sys, "argv", argv),
            patch.object(sys, "stdin", io.TextIOWrapper(io.BytesIO(typed.encode()), encoding="utf-8")),
            redirect_stdout(told),
            redirect_stderr(said),
        ):
            main()
    except SystemExit as end:
        code = end.code
    finally:
        signal.signal(signal.SIGTERM, handler)
        gc.set_threshold(*threshold)
    assert isinstance(code, int)
    return CompletedProcess(argv, code, _text(told), _text(said))


def _text(stream: io.TextIOWrapper) -> str:
    stream.flush()
    stream.seek(0)
    return stream.read()

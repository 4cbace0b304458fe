"""Make the browser tests possible: `python -m tests.browser_setup`, run by `make test` before pytest.

As root on Debian, a missing Chromium is installed together with a font that has the Vietnamese letters. Otherwise one
line says what to run. It never fails the run by itself: without Chromium the browser tests say why they are skipped.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

CHROMIUM = Path("/usr/bin/chromium")
COMMAND = "sudo apt-get install chromium fonts-noto-core"


def main() -> str:
    """Install what is missing where we may; the returned line says what was done or is left to do."""
    if CHROMIUM.exists():
        return f"browser tests: {CHROMIUM} is there"
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        return f"browser tests are skipped: no Chromium. Run: {COMMAND}"
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium", "fonts-noto-core"]
    for step in (["apt-get", "update", "-qq"], install):
        done = subprocess.run(step, env=environment, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            last = (done.stderr or done.stdout).strip().splitlines()[-1:] or ["no message"]
            return f"browser tests are skipped: `{' '.join(step)}` failed: {last[0]}. Run: {COMMAND}"
    return f"browser tests: installed {CHROMIUM}"


if __name__ == "__main__":
    print(main())

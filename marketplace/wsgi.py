"""The application for WSGI servers and for Flask's own commands: `MARKETPLACE_INSTANCE` names the instance folder."""

from __future__ import annotations

import os
from pathlib import Path

from marketplace import create_app
from marketplace.config import load

app = create_app(load(Path(os.environ.get("MARKETPLACE_INSTANCE", "instance"))))

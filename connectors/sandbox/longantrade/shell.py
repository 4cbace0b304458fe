"""What the dresses share: an HTML page around its content, and answers in JSON."""

from __future__ import annotations

import json
from html import escape

from ..reply import Reply, Request


def page(request: Request, title: str, content: str, *, head: str = "", body: str = "", status: int = 200) -> Reply:
    """A page; `body` is the class of its body."""
    html = f"""<!DOCTYPE html>
<html lang="vi"><head><meta charset="UTF-8"><title>{escape(title)}</title>
<link rel="canonical" href="{request.base}{escape(request.path)}">
{head}</head>
<body class="{body}">
<p class="notice">Trang mẫu: dữ liệu bịa</p>
{content}
</body></html>
"""
    return Reply(status, html.encode())


def answer(value: object, *, status: int = 200, headers: tuple[tuple[str, str], ...] = ()) -> Reply:
    """JSON as PHP writes it: letters beyond ASCII as escapes."""
    return Reply(status, json.dumps(value).encode(), "application/json; charset=UTF-8", headers)

"""Lines of code of every connector and platform: those that hold code, without blanks, comments and docstrings.

    python bench/lines.py [--json]

A text of several lines that is no docstring counts with all of its lines but the blank ones. Beside a connector stand
the platforms that read its source by itself; any other may be put in its place by configuration.
"""

from __future__ import annotations

import argparse
import ast
import io
import json
import sys
import tokenize
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from connectors import REGISTRY
from connectors.platforms import PLATFORMS, detect

FOLDER = Path(__file__).parents[1] / "connectors"
# What reads a source where configuration says nothing else; longantrade takes the one that its detector finds.
READ_BY = {
    "nongsanantoanlongan": ("nongsanantoan",),
    "postmart": ("fleetcart", "structured"),
    "longantrade": ("detect",),
}
_NO_CODE = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER}


def code_lines(text: str) -> int:
    """The lines of a module that hold code."""
    lines = text.splitlines()
    found: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type not in _NO_CODE:
            found.update(number for number in range(token.start[0], token.end[0] + 1) if lines[number - 1].strip())
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and ast.get_docstring(
            node, clean=False
        ):
            told = node.body[0]
            found.difference_update(range(told.lineno, (told.end_lineno or told.lineno) + 1))
    return len(found)


def counted(paths: Iterable[Path]) -> dict[str, Any]:
    """Code lines of some modules: in all, and of the longest."""
    each = [code_lines(path.read_text(encoding="utf-8")) for path in paths]
    return {"files": len(each), "lines": sum(each), "longest": max(each)}


def of_connector(slug: str) -> dict[str, Any]:
    own = sorted(FOLDER.glob(f"{slug}.py")) + sorted(FOLDER.glob(f"{slug}_*.py"))
    return {**counted(own), "platforms": list(READ_BY.get(slug, ()))}


def of_platform(module: Any) -> dict[str, Any]:
    path = Path(module.__file__)
    return counted(sorted(path.parent.glob("*.py")) if path.name == "__init__.py" else [path])


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="bench/lines.py", description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    told = parser.parse_args(arguments)
    result = {
        "connectors": {slug: of_connector(slug) for slug in REGISTRY},
        "platforms": {name: of_platform(module) for name, module in PLATFORMS.items()},
        "detect": of_platform(detect),
    }
    if told.json:
        print(json.dumps(result, indent=2))
        return 0
    print(f"{'connector':<22}{'files':>6}{'lines':>7}{'longest':>9}  read by")
    for slug, one in result["connectors"].items():
        print(f"{slug:<22}{one['files']:>6}{one['lines']:>7}{one['longest']:>9}  {', '.join(one['platforms'])}")
    print(f"\n{'platform':<22}{'files':>6}{'lines':>7}{'longest':>9}")
    for name, one in {**result["platforms"], "detect": result["detect"]}.items():
        print(f"{name:<22}{one['files']:>6}{one['lines']:>7}{one['longest']:>9}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Copies what the pages need from node_modules to static/vendor (not in git). Running it again changes nothing."""

import re
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "node_modules"
TARGET = ROOT / "static" / "vendor"
TEMPLATE = "@cagovweb/state-template/dist"
FONT = "@fontsource-variable/public-sans/files"
# Where a file lies in its package -> where it lies under static/vendor. The template's style sheets find
# their icon font at ../fonts/, so that both keep their places.
FILES = {
    f"{TEMPLATE}/css/cagov.core.min.css": "cagov/css/cagov.core.min.css",
    f"{TEMPLATE}/css/colortheme-oceanside.min.css": "cagov/css/colortheme-oceanside.min.css",
    f"{TEMPLATE}/fonts/CaGov.woff2": "cagov/fonts/CaGov.woff2",
    f"{FONT}/public-sans-latin-wght-normal.woff2": "public-sans/latin-normal.woff2",
    f"{FONT}/public-sans-latin-wght-italic.woff2": "public-sans/latin-italic.woff2",
    f"{FONT}/public-sans-latin-ext-wght-normal.woff2": "public-sans/latin-ext-normal.woff2",
    "htmx.org/dist/htmx.min.js": "htmx/htmx.min.js",
}


def prepared(name: str, content: bytes) -> bytes:
    """The content as it is served.

    Inside the template's data: addresses `url(%23…)` names a gradient of the same picture. Django's hashing of
    static files takes it for an address and breaks the rule, so its parentheses are written in their percent form.
    """
    return re.sub(rb"url\((%23\w+)\)", rb"url%28\1%29", content) if name.endswith(".css") else content


def copy_assets() -> int:
    """Copy the files that are missing or differ and return how many were written; exits 1 when npm has not run."""
    missing = [name for name in FILES if not (SOURCE / name).is_file()]
    if missing:
        sys.exit(f"{missing[0]} is not in node_modules. Run `npm ci` first.")
    written = 0
    for name, place in FILES.items():
        content, target = prepared(name, (SOURCE / name).read_bytes()), TARGET / place
        if target.is_file() and target.read_bytes() == content:
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
        written += 1
    for path in sorted(TARGET.rglob("*"), reverse=True):
        if path.is_file() and str(path.relative_to(TARGET)) not in FILES.values():
            path.unlink()
        elif path.is_dir() and not any(path.iterdir()):
            shutil.rmtree(path)
    return written


if __name__ == "__main__":
    print(f"assets: {copy_assets()} of {len(FILES)} files written to static/vendor")

"""Copy front-end files from node_modules to static/vendor, which is not in git. Running it again changes nothing."""

import re
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "node_modules"
TARGET = ROOT / "static" / "vendor"
TEMPLATE = "@cagovweb/state-template/dist"
FONT = "@fontsource-variable/public-sans/files"
# The path of each file in node_modules, and its path under static/vendor. The style sheets of the state template
# refer to their icon font as ../fonts/, so the relative paths of both must stay the same.
FILES = {
    f"{TEMPLATE}/css/cagov.core.min.css": "cagov/css/cagov.core.min.css",
    f"{TEMPLATE}/css/colortheme-oceanside.min.css": "cagov/css/colortheme-oceanside.min.css",
    f"{TEMPLATE}/fonts/CaGov.woff2": "cagov/fonts/CaGov.woff2",
    f"{FONT}/public-sans-latin-wght-normal.woff2": "public-sans/latin-normal.woff2",
    f"{FONT}/public-sans-latin-wght-italic.woff2": "public-sans/latin-italic.woff2",
    f"{FONT}/public-sans-latin-ext-wght-normal.woff2": "public-sans/latin-ext-normal.woff2",
    "htmx.org/dist/htmx.min.js": "htmx/htmx.min.js",
}


def prepare_content(name: str, content: bytes) -> bytes:
    """Return the content of a file as it is served.

    In the data: URLs of the template, `url(%23…)` refers to a gradient of the same image. The hashing of Django's
    static files mistakes it for a file and breaks the rule, so its parentheses are percent-encoded.
    """
    return re.sub(rb"url\((%23\w+)\)", rb"url%28\1%29", content) if name.endswith(".css") else content


def copy_assets() -> int:
    """Copy the files that are missing or different, and return how many. Exit with 1 if npm has not run."""
    missing = [name for name in FILES if not (SOURCE / name).is_file()]
    if missing:
        sys.exit(f"{missing[0]} is not in node_modules. Run `npm ci` first.")
    written = 0
    for name, destination in FILES.items():
        content, target = prepare_content(name, (SOURCE / name).read_bytes()), TARGET / destination
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
    print(f"assets: copied {copy_assets()} of {len(FILES)} files to static/vendor")

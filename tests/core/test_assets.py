"""Copying the front-end files, and their references after static files are hashed."""

import re

import pytest

from scripts import assets

CSS = b":root{--logo:url(\"data:image/svg+xml,<svg fill='url(%23a)'><path fill='url(%23b)'/></svg>\")}"


@pytest.fixture
def packages(tmp_path, monkeypatch):
    monkeypatch.setattr(assets, "SOURCE", tmp_path / "node_modules")
    monkeypatch.setattr(assets, "TARGET", tmp_path / "vendor")
    for name in assets.FILES:
        path = tmp_path / "node_modules" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(CSS if name.endswith(".css") else name.encode())
    return tmp_path


def test_second_run_writes_nothing(packages):
    assert assets.copy_assets() == len(assets.FILES)
    assert assets.copy_assets() == 0
    assert (packages / "vendor/htmx/htmx.min.js").read_bytes() == b"htmx.org/dist/htmx.min.js"


def test_obsolete_files_are_removed(packages):
    old = packages / "vendor/old/thing.js"
    old.parent.mkdir(parents=True)
    old.write_text("old")
    assets.copy_assets()
    assert not old.parent.exists()


def test_inline_image_in_css_is_not_treated_as_a_url(packages):
    assets.copy_assets()
    served = (packages / "vendor/cagov/css/cagov.core.min.css").read_bytes()
    assert served.count(b"url(") == 1
    assert b"fill='url%28%23b%29'" in served


def test_missing_npm_files_say_what_to_run(packages):
    (packages / "node_modules/htmx.org/dist/htmx.min.js").unlink()
    with pytest.raises(SystemExit, match="Run `npm ci` first"):
        assets.copy_assets()


def test_style_sheet_stays_small_without_comments_and_spaces():
    style = (assets.ROOT / "static/css/portal.css").read_text()
    compact = re.sub(r"\s*([{}:;,>])\s*|\s+", r"\1", re.sub(r"/\*.*?\*/", "", style, flags=re.DOTALL))
    assert len(compact) < 15_000

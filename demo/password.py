"""The one password of a demonstration: the one that is set, else one made at the first run and kept."""

import secrets
from pathlib import Path

_WORDS = """
acorn amber anchor apple april arrow autumn badge bamboo banner barley basket beacon birch biscuit bonnet breeze
bridge bronze button cabin candle canvas canyon carbon carpet cedar cherry cinder citrus clover cobalt copper
coral cotton cradle cricket crystal cypress dahlia denim desert dolphin drizzle ember falcon fennel fiddle
forest fossil garden ginger glacier granite hammock harbor hazel heron hickory honey island ivory jasmine jigsaw
juniper kettle lagoon lantern laurel lemon lilac linen lumber magnet maple marble meadow mellow mitten morning
mosaic nectar nutmeg oatmeal orchard otter paddle pebble pepper picnic pigeon pillow planet plaza pocket prairie
pumpkin quartz rabbit raisin ribbon river saddle saffron sandal sequoia shadow silver sparrow spruce sunset
teapot thicket timber tulip tunnel turtle valley velvet violet walnut willow window winter yellow zephyr
"""
_MARK = "password: "


def make() -> str:
    """Five words that can be read out, well over 15 characters."""
    return "-".join(secrets.choice(_WORDS.split()) for _ in range(5))


def kept_in(path: Path) -> str:
    """The password that an earlier run wrote down, or an empty text."""
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return next((line.removeprefix(_MARK) for line in lines if line.startswith(_MARK)), "")


def keep(path: Path, addresses: list[str], password: str) -> None:
    """Write the accounts and the password down where only the owner of the machine's account reads them."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.write_text("\n".join([*addresses, f"{_MARK}{password}", ""]), encoding="utf-8")

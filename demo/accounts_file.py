"""The file with the accounts and the password of a demonstration.

All accounts share one password: the one in the settings, or one that the first run generates and stores in the file.
"""

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
_PREFIX = "password: "


def generate_password() -> str:
    """Return a password of five words that is easy to read aloud and longer than 15 characters."""
    return "-".join(secrets.choice(_WORDS.split()) for _ in range(5))


def read_password(path: Path) -> str:
    """Return the password that an earlier run stored in the file, or ""."""
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return next((line.removeprefix(_PREFIX) for line in lines if line.startswith(_PREFIX)), "")


def write_accounts(path: Path, addresses: list[str], password: str) -> None:
    """Write the accounts and the password to a file that only its owner can read."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.write_text("\n".join([*addresses, f"{_PREFIX}{password}", ""]), encoding="utf-8")

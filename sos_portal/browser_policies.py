"""The Content-Security-Policy and Permissions-Policy headers."""

from csp.constants import NONE, SELF

# Browser features that no page uses.
_DISABLED_FEATURES = (
    "accelerometer ambient-light-sensor autoplay bluetooth browsing-topics camera clipboard-read compute-pressure",
    "cross-origin-isolated display-capture encrypted-media fullscreen gamepad geolocation gyroscope hid",
    "identity-credentials-get idle-detection keyboard-map local-fonts magnetometer microphone midi otp-credentials",
    "payment picture-in-picture screen-wake-lock serial storage-access sync-xhr usb web-share window-management",
    "xr-spatial-tracking",
)
# The clipboard is used to copy addresses, the others for passkeys.
_OWN_FEATURES = ("clipboard-write", "publickey-credentials-create", "publickey-credentials-get")


def content_security_policy(*, upgrade: bool) -> dict[str, object]:
    """Return the policy for django-csp: no inline script or style, everything from this site.

    With `upgrade` the browser loads every address over HTTPS.
    """
    return {
        "DIRECTIVES": {
            "default-src": [NONE],
            "script-src": [SELF],
            "style-src": [SELF],
            "img-src": [SELF, "data:"],
            "font-src": [SELF],
            "connect-src": [SELF],
            "form-action": [SELF],
            "frame-ancestors": [NONE],
            "base-uri": [NONE],
            "manifest-src": [SELF],
            "upgrade-insecure-requests": upgrade,
        }
    }


def permissions_policy() -> dict[str, list[str]]:
    """Return the policy for django-permissions-policy by browser feature."""
    return {
        **{name: [] for names in _DISABLED_FEATURES for name in names.split()},
        **{name: ["self"] for name in _OWN_FEATURES},
    }

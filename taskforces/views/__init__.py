"""Pages of bodies, their seats and terms."""

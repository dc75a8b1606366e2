"""Forms of pages that span apps."""

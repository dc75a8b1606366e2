"""Views of meetings: public pages, scheduling, and conducting a meeting."""

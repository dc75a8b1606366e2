"""Shared helpers without domain knowledge. Imports no other app of this project."""

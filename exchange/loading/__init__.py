"""How the records of a workgroup come in from four files.

`reading` and `files` are pure: they turn a file into rows or into problems, each with its line, field and reason.
`loader` writes those rows, and `workgroup` says in which order.
"""

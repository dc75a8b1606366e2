"""Load the records of a workgroup from four files: the workgroup, organizations, measures, and history.

`readers` turns a file into rows, and `files` validates them; both only return values or problems, each with its line,
field, and reason. `loader` writes the rows of one model, and `sources` loads the files in their order.
"""

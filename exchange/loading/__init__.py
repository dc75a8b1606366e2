"""How real records come in from files and how the demonstration is made.

`reading` and `files` are pure: they turn a file into rows or into problems, each with its line, field and reason.
`applying` writes those rows, `workgroup` says in which order, and `demonstration` makes up people by role.
"""

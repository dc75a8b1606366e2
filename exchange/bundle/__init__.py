"""Records as files to read, for public records requests (Gov. Code 7920.000 and following).

`scope` defines what is exported, `rows` selects the rows of each table, `sources` defines the columns, `tables` reads
the values, and `archive` writes the files with their manifest and checksums.
"""

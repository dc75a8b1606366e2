"""Records as files that a person can read, for whoever asks by law (Gov. Code 7920.000 and following).

`scope` says what is asked for, `rows` which rows that is, `sources` what is said of them; `tables` reads it, and
`bundle` writes the files with their manifest and checksums.
"""

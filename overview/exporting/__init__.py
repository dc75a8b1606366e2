"""Records as files that a person can read, for whoever asks by law (Gov. Code 7920.000 and following).

`scope` says what is asked for, `tables` reads it, `bundle` writes the files with their manifest and checksums.
"""

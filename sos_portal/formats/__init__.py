"""Date and number formats by language, as Django reads them from `FORMAT_MODULE_PATH`."""

"""Import and export: spreadsheets of each record type, import jobs, the workgroup loader, the records bundle."""

"""The Monitor page: what was predicted, from the log that FERKIT_LOG names."""

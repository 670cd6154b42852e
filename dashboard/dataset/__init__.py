"""The parts of the Dataset page: contents, duplicates, votes, scoring a run, importing."""

"""One script per claim: `python -m bench.NAME` prints machine, repeats, median and spread; `python -m bench` runs them
all in turn."""

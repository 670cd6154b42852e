"""Score runs on datasets, and compare two runs. Importing this package imports no torch; `classifier` and `evaluation`
do."""

"""Faces to look at: the wall, the detail of one, a dataset's contents, the lasso on a map."""

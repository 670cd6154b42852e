"""Faces to look at: the wall, the detail of a face, samples of a dataset, the lasso on a map."""

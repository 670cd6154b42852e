"""Datasets: faces in memory, the HDF5 store, sources to import, crowd votes, drawn faces."""

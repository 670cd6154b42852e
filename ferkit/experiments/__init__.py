"""What trains and scores several runs: cross-validation, seeds, ensembles, search, ladder, ablation."""

"""Training: config and recipes, batch augmentation, losses, optimisers, the loop."""

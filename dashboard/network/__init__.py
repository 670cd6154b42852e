"""What a network has learned and looks at: kernels, feature maps, heat maps."""

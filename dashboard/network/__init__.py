"""Inside a network: kernels and feature maps."""

"""Inside a network: kernels, feature maps, Grad-CAM."""

"""Photos and live video: faces detected, classified and drawn over the image."""

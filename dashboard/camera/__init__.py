"""Photos and live video: faces found, read and drawn over the picture."""

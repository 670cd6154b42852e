"""What the faces of a dataset are like: properties, duplicates, outliers, image quality, weak slices, label issues."""

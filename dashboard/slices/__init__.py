"""Parts of the Slices page, by what they show."""

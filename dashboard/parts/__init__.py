"""What the classes owe to the parts of a face."""

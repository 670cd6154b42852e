"""How a network arranges faces: layouts to look at, neighbours to ask. Importing it needs numpy alone."""

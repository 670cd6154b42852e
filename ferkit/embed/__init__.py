"""How a network arranges faces: layouts to look at, and nearest neighbours. Importing it needs numpy alone."""

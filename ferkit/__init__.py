"""Train, evaluate and explain facial-emotion classifiers.

    $ python -m ferkit --help

Imports point one way only: errors → files → runs → data → models → train → evaluate → explain / embed / faces → cli.
"""

__version__ = "0.1.0"
__all__ = ["__version__"]

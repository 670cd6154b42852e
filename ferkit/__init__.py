"""Train, evaluate and explain facial-emotion classifiers.

    $ python -m ferkit --help

Imports point one way only: errors → files → metrics → runs → data → models → train → explain / embed →
evaluate → faces → cli. `evaluate` stands after `explain` and `embed` because it stores what they make.
"""

__version__ = "0.1.0"
__all__ = ["__version__"]

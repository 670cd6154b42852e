"""Train, compare and explain facial-emotion classifiers.

    $ python -m ferkit --help

    import ferkit
    faces = ferkit.load_faces("fer2013")
    run = ferkit.train_run("compact-resnet", faces, name="mine")

Names are imported when they are first used, so `import ferkit` costs nothing. `ferkit.api` documents them.
"""

import lazy_loader

__version__ = "0.2.0"
__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)

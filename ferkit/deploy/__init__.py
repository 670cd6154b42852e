"""A run as files that other programs load, what each of them loses, and how fast it is.

    $ python -m ferkit export compact
    $ python -m ferkit bench compact

`ferkit.deploy.record` reads what was measured, without torch.
"""

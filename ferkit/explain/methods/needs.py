"""What needs captum, an optional package (Kokhlikyan et al. 2020, arXiv:2009.07896)."""

from importlib.util import find_spec

from ferkit.models import Network

__all__ = ["has_captum"]


def has_captum(model: Network) -> bool:
    """Whether a method that captum implements can run: pip install 'ferkit[explain]'."""
    return find_spec("captum") is not None

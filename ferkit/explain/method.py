"""What a method of explanation declares, and what it gives: maps, or the name of what is wrong with one.

    found = METHODS["layercam"].maps(model, x, target, layers=2)
    found.maps      # (B, h, w)
    found.problems  # "" for a map that may be drawn, else what is wrong with it

A method says whether it `supports` a network and which parameters it has, each typed and with its range, so that a page
can draw them without knowing the method.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import torch
from torch import Tensor

from ferkit.errors import ConfigError, shown
from ferkit.explain.replica import replica
from ferkit.models import Network

__all__ = ["CHUNK", "Explain", "Explanation", "Method", "Parameter", "problem_of"]

CHUNK = 32  # faces or changed copies of faces that go through a network at once
FLAT = 1e-6  # a map whose values differ by less than this share of the largest is constant


@dataclass(frozen=True)
class Parameter:
    """A number that may be set."""

    name: str
    default: int | float  # its type is the parameter's
    low: int | float
    high: int | float
    says: str  # one sentence for its user

    def check(self, method: str, value: Any) -> int | float:
        """`value` as the parameter's type. Raises ConfigError for another type or outside of its range."""
        whole = isinstance(self.default, int)
        typed = isinstance(value, int if whole else int | float) and not isinstance(value, bool)
        if not typed or not self.low <= value <= self.high:
            kind = "a whole number" if whole else "a number"
            raise ConfigError(f"{self.name} of {method} is {kind} from {self.low} to {self.high}; got {shown(value)}.")
        return int(value) if whole else float(value)


class ExplainAll(Protocol):
    """As `Explain`, for every class at once: (B, C, h, w)."""

    def __call__(self, model: Network, x: Tensor, reference: Tensor, **values: Any) -> Tensor: ...


class Explain(Protocol):
    """A network of the caller's own in eval mode, normalised faces (B, C, H, W), classes int64 (B,), the face that a
    change leads to (1, C, H, W), and the parameters -> maps (B, h, w), not normalised."""

    def __call__(self, model: Network, x: Tensor, target: Tensor, reference: Tensor, **values: Any) -> Tensor: ...


@dataclass(frozen=True, eq=False)
class Explanation:
    """Maps of B faces. A map above 0 speaks for the class; a signed one is below 0 where it speaks against it."""

    maps: Tensor  # float32 (B, h, w); the largest magnitude of each is 1; zeros where there is a problem
    problems: tuple[str, ...]  # per face: "", or why its map is not to be drawn
    peaks: Tensor  # float32 (B,): the largest magnitude that each map had before; maps times these share a scale

    @property
    def drawable(self) -> Tensor:
        """bool (B,)."""
        return torch.tensor([not problem for problem in self.problems])


@dataclass(frozen=True, eq=False)
class Method:
    """A way to explain. Threads may use one method on one network at once: each call works on a `replica`."""

    name: str
    title: str
    paper: str  # of the formula, as arXiv:… or doi:…
    says: str  # one sentence for its user
    explain: Explain
    parameters: tuple[Parameter, ...] = ()
    signed: bool = False
    supports: Callable[[Network], bool] = lambda model: True
    explain_all: ExplainAll | None = None  # where all classes together cost less than one after the other

    def maps(
        self, model: Network, x: Tensor, target: Tensor, reference: Tensor | None = None, **values: Any
    ) -> Explanation:
        """Maps of the classes `target`, int64 (B,), in normalised images (B, C, H, W).

        `reference` (1, C, H, W) is the face that hidden parts are taken from, best the mean face; when None zeros,
        which most networks read as gray. `model` stays as it is: mode, hooks, gradients. Raises ConfigError for a
        network that is not supported and for a parameter that is unknown or out of range.
        """
        return self._maps(model, x, target, reference, values)

    def all_classes(self, model: Network, x: Tensor, reference: Tensor | None = None, **values: Any) -> Explanation:
        """As `maps`, of every class in one normalised image (1, C, H, W): as many maps as there are classes."""
        if self.explain_all is not None:
            return self._maps(model, x, None, reference, values)
        with torch.inference_mode():
            classes = model(x).shape[1]
        return self._maps(model, x.expand(classes, -1, -1, -1), torch.arange(classes), reference, values)

    def _maps(
        self, model: Network, x: Tensor, target: Tensor | None, reference: Tensor | None, values: dict[str, Any]
    ) -> Explanation:
        """Of the classes `target`, or of all classes of one face when None."""
        if not self.supports(model):
            raise ConfigError(f"{self.title} does not support this network. Choose another method.")
        chosen = self.settings(values)
        with torch.inference_mode(False), torch.enable_grad():
            x = x.detach().clone()
            gray = torch.zeros_like(x[:1]) if reference is None else reference.detach().clone()
            if target is None:
                assert self.explain_all is not None
                raw = self.explain_all(replica(model), x, gray, **chosen)[0]
            else:
                raw = self.explain(replica(model), x, target.clone(), gray, **chosen)
        return _named(raw.detach().float(), self.signed)

    def settings(self, values: dict[str, Any]) -> dict[str, int | float]:
        """All parameters, those given and the defaults of the others. Raises ConfigError."""
        known = {parameter.name: parameter for parameter in self.parameters}
        if unknown := sorted(set(values) - set(known)):
            raise ConfigError(
                f"{self.title} has no parameter {shown(unknown[0])}; it has {', '.join(known) or 'none'}."
            )
        return {name: p.check(self.title, values.get(name, p.default)) for name, p in known.items()}


def problem_of(map_: Tensor) -> str:
    """Why a map (h, w) is not to be drawn; "" if it may be."""
    if not map_.isfinite().all():
        return "not finite"
    largest = float(map_.abs().max())
    if largest == 0:
        return "zero everywhere"
    return "the same everywhere" if float(map_.max() - map_.min()) <= FLAT * largest else ""


def _named(raw: Tensor, signed: bool) -> Explanation:
    """Scale every map to a largest magnitude of 1, and name those that say nothing."""
    raw = raw if signed else raw.relu()  # which keeps what is not a number
    problems = tuple(problem_of(map_) for map_ in raw)
    fine = torch.tensor([not problem for problem in problems], dtype=torch.bool)
    kept = torch.where(fine[:, None, None], raw, torch.zeros_like(raw))
    largest = kept.abs().amax((1, 2), keepdim=True)
    return Explanation(torch.where(largest > 0, kept / largest, kept), problems, largest[:, 0, 0])

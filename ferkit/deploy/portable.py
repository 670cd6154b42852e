"""A run as one module from stored pixels to answers: what an exported file computes.

Inside are the centre crop, the normalisation, the network with its norms folded, the temperature and the softmax, so
that whoever loads the file needs to know none of them. Outside stays the resizing of a face to `size` pixels.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ferkit.deploy.formats import OUTPUTS
from ferkit.explain.class_maps import ends_in_average
from ferkit.models.temperature import tempered
from ferkit.predict.classifier import Classifier

__all__ = ["Portable"]


class Portable(nn.Module):
    """uint8 (N, size, size) gray or (N, size, size, 3) RGB -> logits (N, C), probabilities (N, C) in [0, 1] and, where
    `explains`, class maps (N, C, h, w).

    Probabilities are those of `Classifier.probabilities`, at the temperature of the run. A class map is the evidence
    for (above 0) and against a class at each place of the centre that the network reads, E_c = sum_k W_ck A_k as in
    `ferkit.explain.class_maps`; it exists where the network ends in a global average and a linear layer.
    """

    def __init__(self, classifier: Classifier) -> None:
        super().__init__()
        self.network = classifier.quick
        self.reads, self.temperature = classifier.input, classifier.temperature
        self.explains = self._explains()
        self.eval()

    @property
    def outputs(self) -> tuple[str, ...]:
        """Names of what it returns, in order."""
        return OUTPUTS if self.explains else OUTPUTS[:2]

    def example(self, n: int = 2) -> Tensor:
        """Zeros as it reads them, uint8 (n, size, size) or (n, size, size, 3)."""
        colour = (3,) if self.reads.channels == 3 else ()
        return torch.zeros(n, self.reads.size, self.reads.size, *colour, dtype=torch.uint8)

    def forward(self, images: Tensor) -> tuple[Tensor, ...]:
        maps = self.network.maps(self._prepared(images))
        logits = self.network.classify(self.network.pool(maps))
        answers = (logits, tempered(logits, self.temperature).softmax(1))
        if not self.explains:
            return answers
        return (*answers, F.conv2d(maps, self.network.class_weights()[:, :, None, None]))

    def _prepared(self, images: Tensor) -> Tensor:
        """Float32 (N, channels, side, side), as `Classifier.prepare`."""
        x = (images[:, None] if images.ndim == 3 else images.permute(0, 3, 1, 2)).float() / 255
        return x if self.network.prepares else self.reads.normalise(x)

    @torch.inference_mode()
    def _explains(self) -> bool:
        return ends_in_average(self.network, self.network.maps(self._prepared(self.example(1))))

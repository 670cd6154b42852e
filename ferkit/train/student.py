"""What a network is to answer while it trains: the label, and where they are asked for, the crowd's votes beside it.

The votes have a head of their own that reads the same features and is thrown away afterwards, so that what the crowd saw shapes
the features while the logits still answer the label (Caruana 1997, Multitask Learning, doi:10.1023/A:1007379606734).
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from ferkit.data.faces import Faces
from ferkit.errors import ConfigError
from ferkit.models import Network
from ferkit.train.config import TrainConfig
from ferkit.train.losses import class_weights, cross_entropy, soft_targets

__all__ = ["Answers", "Student"]


class Student(nn.Module):
    """A network and the head it has only in training: (B, C, H, W) -> logits (B, classes), followed by (B, votes)."""

    def __init__(self, network: Network, votes: int) -> None:
        super().__init__()
        self.network = network
        self.crowd = nn.Linear(network.head.in_features, votes) if votes else None

    def forward(self, x: Tensor) -> Tensor:
        if self.crowd is None:
            return self.network(x)
        features = self.network.dropout(self.network.pool(self.network.maps(x)))
        return torch.cat([self.network.head(features), self.crowd(features)], 1)


@dataclass(frozen=True)
class Answers:
    """Right answers for N faces: the smoothed label, then the crowd's votes as shares (zeros where nobody voted)."""

    table: Tensor  # float32 (N, classes + votes)
    classes: int
    weights: Tensor | None  # per class, (classes,)
    share: float  # weight of the votes' loss

    @classmethod
    def of(cls, faces: Faces, config: TrainConfig, device: torch.device) -> "Answers":
        """Raises ConfigError where votes are asked for and the dataset has none."""
        classes, labels = len(faces.classes), torch.from_numpy(faces.labels.astype("int64"))
        weights = class_weights(torch.bincount(labels, minlength=classes)).to(device) if config.balance == "weights" else None
        table = soft_targets(labels, classes, config.label_smoothing)
        if config.votes:
            if faces.votes is None:
                raise ConfigError(
                    f"votes is {config.votes}, but {faces.name!r} has none. Import it again with --votes CSV, or --set votes=0"
                )
            votes = torch.from_numpy(faces.votes).float()
            table = torch.cat([table, votes / votes.sum(1, keepdim=True).clamp(min=1)], 1)
        return cls(table.to(device), classes, weights, config.votes)

    @property
    def votes(self) -> int:
        """How many choices the crowd had; 0 where it is not asked."""
        return self.table.shape[1] - self.classes

    def loss(self, logits: Tensor, target: Tensor) -> Tensor:
        """Cross entropy of the labels plus `share` times that of the votes; both arguments (B, classes + votes)."""
        label = cross_entropy(logits[:, : self.classes], target[:, : self.classes], self.weights)
        if not self.votes:
            return label
        return label + self.share * cross_entropy(logits[:, self.classes :], target[:, self.classes :])

    def right(self, logits: Tensor, target: Tensor) -> int:
        """How many of a batch are classified as their label, the stronger one where two are mixed."""
        return int((logits[:, : self.classes].argmax(1) == target[:, : self.classes].argmax(1)).sum())

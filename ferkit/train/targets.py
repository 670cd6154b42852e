"""What a network learns from a face: the label, and where they are set, teachers' predictions and votes.

The votes have a separate head that reads the same features and is discarded afterwards, so that they shape the
features while the logits still predict the label (Caruana 1997, Multitask Learning, doi:10.1023/A:1007379606734).
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from ferkit.data.faces import Faces
from ferkit.models import Input, Network
from ferkit.train import teachers
from ferkit.train.balance import class_weights
from ferkit.train.config import TrainConfig
from ferkit.train.losses import cross_entropy, focal, soft_targets
from ferkit.train.soft_labels import vote_shares
from ferkit.train.teachers import LiveTeachers

__all__ = ["Student", "Targets"]


class Student(nn.Module):
    """A network and the head it has only in training: (B, C, H, W) -> logits (B, classes), followed by (B, votes)."""

    def __init__(self, network: Network, votes: int) -> None:
        super().__init__()
        self.network = network
        self.votes_head = nn.Linear(network.head.in_features, votes) if votes else None

    def heads(self) -> list[nn.Parameter]:
        """The parameters of both heads, the discarded one included."""
        return [*self.network.head.parameters(), *(self.votes_head.parameters() if self.votes_head is not None else ())]

    def forward(self, x: Tensor) -> Tensor:
        if self.votes_head is None:
            return self.network(x)
        features = self.network.dropout(self.network.pool(self.network.maps(x)))
        return torch.cat([self.network.head(features), self.votes_head(features)], 1)


@dataclass(frozen=True)
class Targets:
    """The targets of N faces, side by side: the smoothed label, the teachers' prediction, the votes as shares.

    Each part is a distribution per face (zeros where nobody voted), so that mixup can mix whole rows.
    """

    table: Tensor  # float32 (N, classes + predicted + votes)
    classes: int
    predicted: int  # as many as classes where there are teachers, else 0
    votes: int  # choices the voters had, 0 where votes are not learned
    weights: Tensor | None  # per class, (classes,)
    counts: Tensor  # faces of each class, (classes,)
    teachers: LiveTeachers | None  # the networks that see each augmented face
    config: TrainConfig

    @classmethod
    def of(cls, faces: Faces, config: TrainConfig, shape: Input, device: torch.device) -> "Targets":
        """Raises ConfigError where votes are asked for and the dataset has none; RunError for a teacher that cannot
        teach."""
        labels, classes = torch.from_numpy(faces.labels.astype("int64")), len(faces.classes)
        counts = torch.bincount(labels, minlength=classes).to(device)
        weights = class_weights(counts, config.balance, config.effective_beta)
        label = soft_targets(labels, classes, config.label_smoothing)
        live = config.teacher_views == "live" and bool(teachers.named(config.teacher))
        live_teachers = (
            LiveTeachers.of(config.teacher, faces.classes, shape, config.distillation_temperature, device)
            if live
            else None
        )
        predicted = (
            teachers.stored_predictions(config.teacher, faces, config.distillation_temperature, live=live)
            if config.teacher
            else label[:, :0]
        )
        if predicted.shape[1] and not live:  # a face that no teacher covers is taught its label
            predicted = torch.where(predicted.sum(1, keepdim=True) > 0, predicted, label)
        votes = vote_shares(faces, "votes") if config.votes else label[:, :0]
        table = torch.cat([label, predicted, votes], 1).to(device)
        return cls(table, classes, predicted.shape[1], votes.shape[1], weights, counts, live_teachers, config)

    def complete(self, x: Tensor, target: Tensor) -> Tensor:
        """Rows of `table` for the faces x (B, C, H, W), with the predictions of the live teachers put in."""
        return target if self.teachers is None else self.completed(self.teachers.live(x), target)

    def completed(self, live: Tensor, target: Tensor) -> Tensor:
        """Rows of `table`, with the mean prediction `live` (B, classes) of the live teachers put in."""
        assert self.teachers is not None
        label, predicted, votes = target.split([self.classes, self.predicted, self.votes], 1)
        return torch.cat([label, self.teachers.with_stored(live, predicted), votes], 1)

    def loss(self, logits: Tensor, target: Tensor) -> Tensor:
        """(1 - d) CE(label) + d T² CE(teachers at T) + votes CE(votes); logits (B, classes + votes), target
        rows of `table`.

        d is `distillation_weight`. The label is compared with logits + tau log P(class), so that without that term rare
        classes are predicted more often
        (Menon et al. 2021, Long-Tail Learning via Logit Adjustment, arXiv:2007.07314).
        """
        label, predicted, votes = target.split([self.classes, self.predicted, self.votes], 1)
        z, vote_logits = logits.split([self.classes, self.votes], 1)
        tau = self.config.logit_adjustment
        adjusted = z + tau * (self.counts.clamp(min=1e-9) / self.counts.sum()).log() if tau else z
        if self.config.loss == "focal":
            loss = focal(adjusted, label, self.config.focal_gamma, self.weights)
        else:
            loss = cross_entropy(adjusted, label, self.weights)
        if self.predicted:
            share, T = self.config.distillation_weight, self.config.distillation_temperature
            loss = (1 - share) * loss + share * T * T * cross_entropy(z / T, predicted)
        return loss + self.config.votes * cross_entropy(vote_logits, votes) if self.votes else loss

    def correct(self, logits: Tensor, target: Tensor) -> Tensor:
        """How many of a batch are classified as their label, the stronger one where two are mixed."""
        return (logits[:, : self.classes].argmax(1) == target[:, : self.classes].argmax(1)).sum()

"""From images to predictions: a run's network, photos, live frames and videos, face by face.

classifier = predict.Classifier.open(open_run("compact"))
predict.read(Path("me.jpg"), classifier, detector())        # -> PhotoReading

`Classifier` is imported when it is first used, because it imports torch.
"""

from typing import TYPE_CHECKING, Any

from ferkit.predict.photo import FaceReading, PhotoReading, read

if TYPE_CHECKING:
    from ferkit.predict.classifier import Classifier

__all__ = ["Classifier", "FaceReading", "PhotoReading", "read"]


def __getattr__(name: str) -> Any:
    if name == "Classifier":
        from ferkit.predict.classifier import Classifier

        return Classifier
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

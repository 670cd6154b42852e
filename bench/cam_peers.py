"""Grad-CAM as captum and pytorch-grad-cam compute it, in plain loops over batches."""

import copy
from collections.abc import Callable

import numpy as np
import torch
from torch import nn

from ferkit.errors import ConfigError
from ferkit.models import Network
from ferkit.predict.classifier import Classifier

__all__ = ["PEERS", "Attribute", "gradcam_of"]

PEERS = ("captum", "pytorch-grad-cam")
Attribute = Callable[[np.ndarray, np.ndarray], np.ndarray]  # uint8 (N, H, W[, 3]), classes (N,) -> (N, h, w)


def gradcam_of(peer: str, classifier: Classifier, batch: int) -> Attribute:
    """Grad-CAM of the given classes, `batch` faces at a time. Raises ConfigError where the peer is not installed."""
    model = copy.deepcopy(classifier.quick).requires_grad_(peer != "captum")  # the other finds none in a frozen one
    attribute = {"captum": _captum, "pytorch-grad-cam": _pytorch_grad_cam}[peer](model)

    def explain(images: np.ndarray, classes: np.ndarray) -> np.ndarray:
        parts = []
        for start in range(0, len(images), batch):
            rows = slice(start, start + batch)
            parts.append(attribute(classifier.prepare(images[rows]), classes[rows]))
        return np.concatenate(parts)

    return explain


def _layer(model: Network) -> nn.Module:
    """The module whose output `Network.maps` returns."""
    return model.get_submodule("body")


def _captum(model: Network) -> Callable[[torch.Tensor, np.ndarray], np.ndarray]:
    try:
        from captum.attr import LayerGradCam
    except ImportError as error:
        raise ConfigError("The comparison needs captum. Install it: pip install captum") from error
    method = LayerGradCam(model, _layer(model))

    def attribute(x: torch.Tensor, classes: np.ndarray) -> np.ndarray:
        maps = method.attribute(x, torch.from_numpy(classes), relu_attributions=True)[:, 0]
        return maps.detach().numpy()  # type: ignore[no-any-return]

    return attribute


def _pytorch_grad_cam(model: Network) -> Callable[[torch.Tensor, np.ndarray], np.ndarray]:
    try:
        from pytorch_grad_cam import GradCAM
        from pytorch_grad_cam.utils.model_targets import ClassifierOutputTarget
    except ImportError as error:
        raise ConfigError("The comparison needs pytorch-grad-cam. Install it: pip install grad-cam") from error
    method = GradCAM(model=model, target_layers=[_layer(model)])
    return lambda x, classes: method(x, [ClassifierOutputTarget(int(label)) for label in classes])

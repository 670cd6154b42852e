"""Ways to explain, by name. Each says whether it supports a network and which parameters it has.

for name, method in METHODS.items():
    if method.supports(model):
        found = method.maps(model, x, target, reference)
"""

from ferkit.explain.method import Explanation, Method, Parameter
from ferkit.explain.methods.attention_rollout import ATTENTION_ROLLOUT
from ferkit.explain.methods.contrast import CONTRAST, CONTRAST_HIDING, CONTRAST_LAST
from ferkit.explain.methods.eigencam import EIGENCAM
from ferkit.explain.methods.gradcam import GRADCAM
from ferkit.explain.methods.gradcam_plusplus import GRADCAM_PLUSPLUS
from ferkit.explain.methods.hirescam import HIRESCAM
from ferkit.explain.methods.integrated_gradients import INTEGRATED_GRADIENTS
from ferkit.explain.methods.kernelshap import KERNELSHAP
from ferkit.explain.methods.layercam import LAYERCAM
from ferkit.explain.methods.occlusion import OCCLUSION
from ferkit.explain.methods.scorecam import SCORECAM
from ferkit.explain.methods.smoothgrad import SMOOTHGRAD

__all__ = ["METHODS", "Explanation", "Method", "Parameter"]

METHODS: dict[str, Method] = {
    method.name: method
    for method in (
        GRADCAM, GRADCAM_PLUSPLUS, HIRESCAM, LAYERCAM, SCORECAM, EIGENCAM, INTEGRATED_GRADIENTS, SMOOTHGRAD, OCCLUSION,
        KERNELSHAP, ATTENTION_ROLLOUT, CONTRAST_LAST, CONTRAST, CONTRAST_HIDING,
    )
}  # fmt: skip

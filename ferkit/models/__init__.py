"""Networks by name, and how a run's weights are read back.

model = build("compact-resnet", classes=7, channels=1)
model = load(open_run("compact-resnet"))
"""

from ferkit.models.input import Input
from ferkit.models.network import Network, count_macs, count_parameters
from ferkit.models.registry import MODELS, build
from ferkit.models.weights import inherit, load, save

__all__ = ["MODELS", "Input", "Network", "build", "count_macs", "count_parameters", "inherit", "load", "save"]

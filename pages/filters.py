"""Filters: what has it learned? Kernels, feature maps, the faces and images that excite a channel, and every layer."""

from dashboard import controls, load, parameters
from dashboard.camera import any_run
from dashboard.network import attention_heads, feature_maps, kernel_grid, layer_table, maximised, strongest
from dashboard.network import layers as naming
from dashboard.state import current, put, value

NONE = parameters.CHANNEL.default
SECTIONS = {
    "kernels": "Kernels",
    "maps": "Feature maps of a face",
    "faces": "Strongest faces",
    "ascent": "Activation maximisation",
    "attention": "Attention",
    "layers": "Layers",
}

selection = current()
run = any_run.choose(selection)
with load.show_errors():
    kernels = load.kernels(run)
layers = list(kernels)
named = naming.labels(layers)


def option(layer: str) -> str:
    n_out, n_in, height, width = kernels[layer].shape
    return f"{naming.option(layer, named)} · {n_out} kernels of {n_in}×{height}×{width}"


def choose_channel(row: int) -> None:
    put(parameters.CHANNEL, NONE if value(parameters.CHANNEL) == row else row)


sections = [name for name in SECTIONS if name != "attention" or attention_heads.attends(run)]
views = controls.segments(parameters.SECTION, "View", {name: SECTIONS[name] for name in sections}, bare=True)
controls.show(views, key="sections")
section = value(parameters.SECTION, sections)
convolutions = {name: option(name) for name in layers}
controls.show(controls.select(parameters.LAYER, "Convolution", convolutions), key="convolutions")
layer = value(parameters.LAYER, layers)
channel = None if value(parameters.CHANNEL) == NONE else value(parameters.CHANNEL)
if section == "kernels":
    kernel_grid.show(run, selection, layer, kernels[layer], layer == layers[0], channel, choose_channel)
elif section == "maps":
    feature_maps.show(run, selection, layer, channel, choose_channel)
elif section == "faces":
    strongest.show(run, selection, layer, channel, choose_channel)
elif section == "ascent":
    maximised.show(run, layer, channel)
elif section == "attention":
    attention_heads.show(run, selection)
else:
    layer_table.show(run, layers, layer)

"""The Filters page: kernels of every convolution, and feature maps of a face."""

import shutil
from collections.abc import Callable

from ferkit.data import store
from ferkit.runs import open_run
from tests.pages.components import control, press, rows, sent


def text(at) -> str:
    assert not at.exception
    return " ".join(
        element.value for kind in (at.markdown, at.caption, at.info, at.error, at.warning) for element in kind
    )


def layers(at):
    return control(at, "layer")


def names(at) -> list[str]:
    """The layers' own names, from "2 of 3: conv 2 (body.1.body.0) · 16 kernels of 8×3×3"."""
    return [option.split("(")[1].split(")")[0] for _, option in layers(at)["options"]]


def test_kernels_and_maps_of_every_layer(app: Callable, gray_world) -> None:
    at = app(gray_world, "filters")
    assert layers(at)["options"][0][1].startswith("1 of 3: conv 1 (body.0.body.0) · 8 kernels of 1×3×3")
    for name in names(at):
        press(at, "layer", name)
        assert "detect edges" in text(at) and "a near-duplicate" in text(at)
    at = app(gray_world, "filters", section="maps")
    for name in names(at):
        press(at, "layer", name)
        assert "Input: a face of tiny, labelled " in text(at)


def test_ways_to_view_deeper_kernels(app: Callable, gray_world) -> None:
    at = app(gray_world, "filters")
    press(at, "layer", names(at)[-1])
    press(at, "kernels", "slices")
    assert "128 of" in text(at) or "64 of 64" in text(at)
    assert "kernel 7's slice for input channel 3" in text(at)


def test_the_open_face_is_the_input(app: Callable, gray_world) -> None:
    at = app(gray_world, "filters")
    run = open_run(at.session_state["selection"].run)
    table = run.results().predictions("val")
    label = run.classes[table["label"].iat[5]]
    assert f"labelled {label}," in text(app(gray_world, "filters", section="maps", face=str(table["id"].iat[5])))


def test_without_images_a_mean_face_is_the_input(app: Callable, imageless_world) -> None:
    assert "Input: the mean face of angry" in text(app(imageless_world, "filters", section="maps"))


def test_without_weights_it_says_so(app: Callable, gray_world, tmp_path) -> None:
    world = type(gray_world)(tmp_path / "weightless")
    shutil.copytree(gray_world.path, world.path, dirs_exist_ok=True)
    for weights in world.checkpoints.glob("*/model.safetensors"):
        weights.write_bytes(b"cut short")
    at = app(world, "filters")
    assert "model.safetensors is broken" in text(at) and len(at.error) == 1


def test_a_colour_network_shows_its_first_kernels_in_colour(app: Callable, colour_world) -> None:
    at = app(colour_world, "filters")
    assert "Middle gray is zero" in text(at)
    press(at, "kernels", "mean")
    assert "white zero" in text(at)


def test_without_a_run_it_says_how_to_train_one(app: Callable, empty_world) -> None:
    assert "ferkit train" in text(app(empty_world, "filters"))


def test_a_shared_address_shows_the_same_convolution_and_map(app: Callable, gray_world) -> None:
    at = app(gray_world, "filters", layer="body.1.body.0", channel="3", kernels="mean")
    assert not at.exception and layers(at)["label"] == "Convolution"
    assert layers(at)["value"] == "body.1.body.0" and control(at, "kernels")["value"] == "mean"


def test_kernels_are_sorted_by_activity_where_images_are_here(app: Callable, gray_world, imageless_world) -> None:
    by_norm = [tile[0] for tile in sent(app(gray_world, "filters"), "tiles")[0]["tiles"]]
    at = app(gray_world, "filters", by="activity")
    lively = sent(at, "tiles")[0]["tiles"]
    assert "sorted by activity" in text(at) and sorted(by_norm) == sorted(tile[0] for tile in lively)
    shares = [int(tile[2].removesuffix("%")) for tile in lively]
    assert shares == sorted(shares, reverse=True) and shares[0] == 100
    assert "sorted by strength" in text(app(imageless_world, "filters", by="activity"))


def test_the_strongest_faces_of_a_channel_are_shown(app: Callable, gray_world, imageless_world) -> None:
    at = app(gray_world, "filters", section="faces", layer="body.1.body.0", channel="3")
    assert "faces that excite channel 3 most are labelled" in text(at) and "a unit of this layer sees " in text(at)
    shares = [int(tile[2].removesuffix("%")) for tile in sent(at, "tiles")[0]["tiles"]]
    assert shares[0] == 100 and shares == sorted(shares, reverse=True)
    at.selectbox(key="filters-channel").select(5).run()
    assert "excite channel 5 most" in text(at) and at.query_params["channel"] in ("5", ["5"])
    assert "are not on this machine" in text(app(imageless_world, "filters", section="faces"))


def test_it_is_said_where_copies_of_training_faces_are_among_those_looked_at(
    app: Callable, gray_world, monkeypatch
) -> None:
    gray_world.enter(monkeypatch)
    faces = store.load("tiny")
    n = int(faces.leaked[faces.splits == "val"].sum())
    said = f"include {n} exact copies of training faces"
    assert n > 1 and "copies" not in text(app(gray_world, "filters", dedup="1"))
    for view in ({"by": "activity"}, {"section": "faces", "layer": "body.1.body.0", "channel": "3"}):
        assert said in text(app(gray_world, "filters", data="tiny", run="alpha", dedup="1", **view))
        assert said not in text(app(gray_world, "filters", data="tiny", run="alpha", **view))


def test_images_by_gradient_ascent_are_made_when_asked_for(app: Callable, imageless_world, monkeypatch) -> None:
    from ferkit.explain import maximise

    monkeypatch.setattr(maximise.for_classes, "__kwdefaults__", {"seed": 0, "steps": 2})
    monkeypatch.setattr(maximise.for_channel, "__kwdefaults__", {"seed": 0, "steps": 2})
    at = app(imageless_world, "filters", section="ascent", channel="2")
    assert not sent(at, "tiles") and "Gradient ascent" in text(at)
    at.button(key="filters-ascend-classes").click().run()
    assert [tile[1] for tile in sent(at, "tiles")[0]["tiles"]] == list(
        open_run(at.session_state["selection"].run).classes
    )
    at.button(key="filters-ascend-channel").click().run()
    assert not at.exception and len(at.image) == 1


def test_every_layer_is_listed_and_leads_to_its_kernels(app: Callable, imageless_world) -> None:
    at = app(imageless_world, "filters", section="layers", run="alpha")
    table = rows(at, "Layers of alpha")
    assert table[0]["Layer"].startswith("conv 1") and table[0]["Sees"] == "3×3" and table[-1]["Layer"] == "head"
    assert "M multiply-adds" in text(at) and len(sent(at, "chart")) == 1


def test_three_colour_classes_have_every_view(app: Callable, colour_world) -> None:
    for section in ("maps", "faces", "ascent", "layers"):
        at = app(colour_world, "filters", section=section)
        assert not at.exception and not at.error and not at.info, section


def test_a_transformer_shows_where_its_heads_look(app: Callable, gray_world, tmp_path, monkeypatch) -> None:
    import torch

    from ferkit.models import build, save
    from ferkit.runs import ModelSpec

    world = gray_world.copy(tmp_path / "vit")
    world.enter(monkeypatch)
    run = open_run("alpha")
    args = {"depth": 2, "width": 16, "heads": 2}
    torch.manual_seed(0)
    save(build("vit", len(run.classes), 1, **args), run.weights)
    run.update(model=ModelSpec(name="vit", args=args))
    at = app(world, "filters", run="alpha", section="attention")
    assert [tile[1] for tile in sent(at, "tiles")[-1]["tiles"]] == ["head 1", "head 2"] * 2
    assert "2 layers of 2 heads" in text(at)
    kernels = app(world, "filters", run="alpha")
    assert "16 kernels of 1×4×4" in layers(kernels)["options"][0][1]
    assert control(app(gray_world, "filters", run="alpha", section="attention"), "section")["value"] == "kernels"

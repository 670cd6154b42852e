"""Slices with the mouse: a tag, a bar of a property, and a corruption each lead to exactly their faces."""

import re

import numpy as np
import pandas as pd
import pytest

from ferkit import metrics
from ferkit.runs import open_run
from tests.pages.test_slices import corrupt
from tests.worlds import World

pytestmark = pytest.mark.timeout(900)  # seconds: a busy machine is not a failure


@pytest.fixture
def world(gray_world: World, tmp_path, monkeypatch: pytest.MonkeyPatch) -> World:
    """`gray_world` with stored scores of `alpha` on corrupted faces."""
    world = gray_world.copy(tmp_path / "slices")
    world.enter(monkeypatch)
    corrupt()
    return world


def count(page) -> int:  # type: ignore[no-untyped-def]
    return int(page.locator(".gallery").get_attribute("data-count"))


def test_a_tag_a_bar_and_a_corruption_lead_to_their_faces(server, world, page, visit, drawn) -> None:
    stored = pd.read_parquet(world.checkpoints / "alpha" / "val.parquet")
    p = metrics.softmax(stored.filter(like="logit ").to_numpy(np.float32), open_run("alpha").temperature)
    right, true = p.argmax(1) == stored["label"].to_numpy(), stored["label"].to_numpy()
    visit(page, f"{server(world)}/slices?data=tiny&split=val&run=alpha&by=Tags")
    page.locator(".st-key-slices-tags").get_by_role("row", name=re.compile("^unsure")).click()
    page.wait_for_url(re.compile("tags=unsure"))
    drawn(page)
    assert count(page) == (p.max(1) < 0.5).sum()
    page.get_by_role("button", name="unsure", exact=True).click()  # its chip
    page.wait_for_url(lambda url: "tags=" not in url)
    drawn(page)
    page.get_by_role("radio", name="By property").check(force=True)
    page.wait_for_url(re.compile("by=By"))
    drawn(page)
    bar = page.locator(".st-key-slices-property [data-select]").nth(1)
    said = bar.get_attribute("aria-label")
    bar.click(force=True)
    page.wait_for_url(re.compile("slices="))
    drawn(page)
    assert f"of {count(page)} faces right" in said
    visit(page, f"{server(world)}/slices?data=tiny&split=val&run=alpha&by=Corruptions")
    page.locator(".st-key-slices-corruptions [data-select='\"blur 2\"']").click(force=True)
    page.wait_for_url(re.compile("corrupted=blur"))
    drawn(page)
    assert count(page) == (right & (true != 0)).sum()  # every face became the first class
    assert page.get_by_text("right as released and wrong with blur 2").count() == 1
    page.go_back()
    drawn(page)
    assert "corrupted=" not in page.url and count(page) == len(true)

"""Any view can be sent to somebody else: its address, opened in a fresh browser, shows the same numbers and texts."""

import re
from typing import Any
from urllib.parse import parse_qs, urlparse

import pytest

pytestmark = pytest.mark.timeout(900)  # seconds: a busy machine is not a failure

# page: buttons and switches to click there, and what its address holds then
VIEWS = {
    "overview": ([], {"run": "alpha"}),
    "compare": (
        ["by column", "F1", "broken", "difference", "Order by confusion"],
        {"norm": "column", "measure": "F1", "changed": "broken", "matrices": "difference", "order": "1"},
    ),
    "confidence": (["equal mass", "precision and recall"], {"bins": "mass", "curves": "pr"}),
    "training": (["loss", "Show only differences"], {"curve": "loss", "differences": "0"}),
    "dataset": (["share of the split", "Duplicates"], {"unit": "share of the split", "faces": "Duplicates"}),
    "failures": (["counts", "all faces"], {"norm": "count", "all": "1"}),
    "slices": (["By property"], {"by": "By property"}),
    "embeddings": (["PCA", "outcome"], {"layout": "pca", "colour": "outcome"}),
    "explanations": (["wrong"], {"outcome": "wrong"}),
    "filters": ([".face[data-row='3']"], {"channel": "3"}),
}


def parameters(page: Any) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlparse(page.url).query).items()}


def snapshot(page: Any) -> list[Any]:
    """Everything the page says: texts, what is chosen, matrices, faces, values of switches."""
    main = page.locator('[data-testid="stMain"]')
    return [
        main.inner_text(),
        main.locator("input[type=radio]").evaluate_all("radios => radios.map(radio => radio.checked && radio.value)"),
        main.locator("td[data-cell]").all_inner_texts(),
        main.locator(".face").evaluate_all("faces => faces.map(face => [face.dataset.row, face.className])"),
        main.locator("input[type=checkbox]").evaluate_all("boxes => boxes.map(box => box.checked)"),
    ]


def click(page: Any, what: str) -> None:
    main = page.locator('[data-testid="stMain"]')
    segment = main.get_by_role("radio", name=re.compile(f"^{what}")).or_(
        main.get_by_test_id("stButtonGroup").get_by_role("button", name=re.compile(f"^{what}"))
    )
    if what.startswith("."):
        main.locator(what).first.click()
    elif segment.count():
        segment.first.click()
    elif (option := main.locator("option", has_text=what)).count():
        option.first.locator("xpath=ancestor::select").select_option(option.first.get_attribute("value"))
    elif main.locator("label:visible", has_text=what).count():
        main.locator("label:visible", has_text=what).first.click()
    else:
        main.get_by_role("radio", name=what).or_(main.get_by_role("button", name=what)).first.click()


@pytest.mark.parametrize("name", VIEWS)
def test_an_address_shows_the_same_view_to_anybody(server, gray_world, window, page, visit, drawn, name):
    clicks, expected = VIEWS[name]
    foreign = []
    base = server(gray_world)
    page.on("request", lambda request: foreign.append(request.url) if not local(request.url, base) else None)
    visit(page, f"{base}/{name}?data=tiny&run=alpha&base=beta")
    for what in clicks:
        click(page, what)
        drawn(page)
    assert expected.items() <= parameters(page).items()
    shown, address = snapshot(page), page.url
    other = window("somebody else")
    visit(other, address)
    assert snapshot(other) == shown
    assert parameters(other) == parameters(page)
    other.close()
    assert not foreign, "the app asks nobody but its own server"


def local(url: str, base: str) -> bool:
    return url.startswith((base, base.replace("http", "ws", 1), "data:", "blob:"))

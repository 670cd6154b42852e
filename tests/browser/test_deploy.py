"""The Deploy page with the mouse: a budget, what to take for it, and the faces whose answer changes."""

from collections.abc import Callable
from typing import Any

import pytest

from ferkit import files
from ferkit.deploy import record
from ferkit.runs import open_run
from tests.deploy.records import lost, stored
from tests.worlds import World

RUN = "alpha"
pytestmark = pytest.mark.timeout(900)  # seconds: a busy machine is not a failure


@pytest.fixture(scope="module")
def ids(gray_world: World) -> list[str]:
    with pytest.MonkeyPatch.context() as patch:
        gray_world.enter(patch)
        return open_run(RUN).results().predictions("val")["id"].tolist()


@pytest.fixture(scope="module")
def deployed(gray_world: World, ids: list[str], tmp_path_factory: pytest.TempPathFactory) -> World:
    """`gray_world` in which int8 of `alpha` changes faces 0 to 2, and dynamic int8 faces 5 to 9."""
    world = gray_world.copy(tmp_path_factory.mktemp("deployed") / "world")
    with pytest.MonkeyPatch.context() as patch:
        world.enter(patch)
        run = open_run(RUN)
        one = stored(weights=record.digest(run), ids=tuple(ids[:3]))
        dynamic = one.formats["int8-dynamic"].model_copy(update={"lost": lost(0.6, -0.1, 0.001, tuple(ids[5:10]))})
        formats = {**one.formats, "int8-dynamic": dynamic}
        one = one.model_copy(update={"formats": formats})
        files.write_json(run.path / record.NAME, one.model_dump(mode="json", exclude_none=True))
    return world


def gallery(page: Any) -> list[int]:
    """The rows in it, ascending; all of them are in view."""
    rows = page.locator(".face").evaluate_all("faces => faces.map(face => Number(face.dataset.row))")
    assert int(page.locator(".gallery").get_attribute("data-count")) == len(rows)
    return sorted(rows)


def set_number(page: Any, drawn: Callable[[Any], None], label: str, number: str) -> None:
    field = page.get_by_label(label)
    field.fill(number)
    field.press("Enter")
    drawn(page)


def test_a_budget_leads_to_a_format_and_its_faces(
    server: Callable, deployed: World, page: Any, visit: Callable, drawn: Callable
) -> None:
    visit(page, f"{server(deployed)}/deploy?data=tiny&split=val&run={RUN}")
    advice = page.locator("h3").first
    assert "≤ 2 MB and ≤ 2 ms: alpha int8 (100 kB, 0.50 ms a face)" in advice.inner_text()
    page.get_by_text("3 faces are answered otherwise by alpha as int8").wait_for()
    assert gallery(page) == [0, 1, 2]

    set_number(page, drawn, "At most, ms a face", "5")
    set_number(page, drawn, "At most, MB", "0.095")
    assert "≤ 0.095 MB and ≤ 5 ms: alpha dynamic int8 (90 kB, 4.00 ms a face)" in advice.inner_text()
    assert gallery(page) == [0, 1, 2], "a budget alone changes no faces"

    page.get_by_role("button", name="Show its faces").click()
    page.wait_for_url("**format=int8-dynamic*")
    page.get_by_text("5 faces are answered otherwise by alpha as dynamic int8").wait_for()
    drawn(page)
    assert gallery(page) == [5, 6, 7, 8, 9]

    page.get_by_role("radio", name="broken 1").click()
    page.wait_for_url("**flipped=broken*")
    drawn(page)
    assert gallery(page) == [5]
    assert "angry → disgust" in page.locator(".gallery").inner_text()


def test_a_face_whose_answer_changed_opens_and_the_url_keeps_it_all(
    server: Callable, deployed: World, page: Any, visit: Callable, drawn: Callable, ids: list[str]
) -> None:
    query = f"data=tiny&split=val&run={RUN}&format=int8-dynamic&flipped=changed&mb=0.01&ms=0.1"
    visit(page, f"{server(deployed)}/deploy?{query}")
    assert "nothing fits" in page.locator("h3").first.inner_text()
    assert gallery(page) == [7, 8, 9]
    page.locator('.face[data-row="8"]').click()
    page.wait_for_url("**face=*")
    drawn(page)
    assert ids[8] in page.locator('[data-testid="stMain"]').inner_text()

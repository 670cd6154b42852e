"""What a person does with the mouse: a cell, a face, a lasso, another page and back, and a colleague's address."""

from urllib.parse import parse_qs, urlparse

import numpy as np
import pandas as pd
import pytest

from ferkit import metrics
from ferkit.runs import open_folder
from tests.worlds import ROOT

RUN = "alpha"
pytestmark = pytest.mark.timeout(900)  # seconds: a browser on a busy machine draws WebGL with its last strength


@pytest.fixture
def frame(gray_world) -> pd.DataFrame:
    """label, pred, confidence, umap_x, umap_y of each face, straight from the run folder."""
    folder = gray_world.checkpoints / RUN
    stored = pd.read_parquet(folder / "val.parquet")
    sure = metrics.softmax(stored.filter(like="logit ").to_numpy(np.float32), open_folder(folder).temperature)
    table = pd.DataFrame({"label": stored["label"], "pred": sure.argmax(1), "confidence": sure.max(1)})
    return table.join(pd.read_parquet(folder / "val-map.parquet")[["umap_x", "umap_y"]])


@pytest.fixture
def cell(frame: pd.DataFrame) -> tuple[int, int]:
    """The most frequent confusion (true, predicted), and so one that has faces."""
    wrong = frame[frame["label"] != frame["pred"]]
    true, pred = wrong.groupby(["label", "pred"]).size().idxmax()
    return int(true), int(pred)


def shown(page) -> list[int]:
    """Rows of the faces in the document, in order: those in view, from the top of the gallery."""
    return page.locator(".face").evaluate_all("faces => faces.map(face => Number(face.dataset.row))")


def holds(page, rows: list[int]) -> bool:
    """Whether the gallery holds exactly these rows, and those in view are the first of them."""
    if not page.locator(".gallery").count():
        return not rows
    page.locator(".face").first.wait_for()
    there, total = shown(page), int(page.locator(".gallery").get_attribute("data-count"))
    assert total == len(rows) and len(there) >= min(8, total)
    return there == rows[: len(there)]


def expected(frame: pd.DataFrame, keep: np.ndarray) -> list[int]:
    return frame[keep].sort_values("confidence", ascending=False, kind="stable").index.tolist()


def classes(gray_world) -> list[str]:
    columns = pd.read_parquet(gray_world.checkpoints / RUN / "val.parquet").columns
    return [name.removeprefix("logit ") for name in columns if name.startswith("logit ")]


def click_cell(page, drawn, gray_world, cell: tuple[int, int]) -> None:
    names = classes(gray_world)
    page.locator(f'[data-cell="{names[cell[0]]}|{names[cell[1]]}"]').click()
    page.wait_for_url("**true=*")
    drawn(page)


def test_the_literal_command_opens_on_the_overview_with_all_pages(server, gray_world, page, visit):
    visit(page, server(gray_world))
    assert page.locator("h1").inner_text() == "Overview"
    links = page.locator(".pages a").all_inner_texts()
    assert len(links) == len(list((ROOT / "pages").glob("*.py"))) and any("Failures" in text for text in links)
    visit(page, f"{server(gray_world)}/overview?run={RUN}")  # as its neighbours are addressed
    assert page.locator("h1").inner_text() == "Overview" and page.locator('[role="dialog"]').count() == 0


def test_a_cell_shows_exactly_its_faces_and_lets_go_when_clicked_again(
    server, gray_world, page, visit, drawn, frame, cell
):
    visit(page, f"{server(gray_world)}/failures?run={RUN}")
    assert holds(page, expected(frame, (frame["label"] != frame["pred"]).to_numpy()))
    click_cell(page, drawn, gray_world, cell)
    keep = ((frame["label"] == cell[0]) & (frame["pred"] == cell[1])).to_numpy()
    assert holds(page, expected(frame, keep))
    query = parse_qs(urlparse(page.url).query)
    assert [query["true"][0], query["pred"][0]] == [classes(gray_world)[i] for i in cell]
    names = classes(gray_world)
    page.locator(f'[data-cell="{names[cell[0]]}|{names[cell[1]]}"]').click()
    page.wait_for_url(lambda url: "true=" not in url)
    drawn(page)
    assert holds(page, expected(frame, (frame["label"] != frame["pred"]).to_numpy()))


def test_a_face_opens_its_detail_and_close_shuts_it(server, gray_world, page, visit, drawn, cell):
    names = classes(gray_world)
    visit(page, f"{server(gray_world)}/failures?run={RUN}&true={names[cell[0]]}&pred={names[cell[1]]}")
    page.locator(".face").first.click()
    page.wait_for_url("**face=*")
    drawn(page)
    detail = page.locator(".st-key-detail")
    assert f"{names[cell[0]]} → {names[cell[1]]}" in detail.inner_text()
    page.get_by_role("button", name="Close").click()
    page.wait_for_url(lambda url: "face=" not in url)
    drawn(page)
    assert detail.count() == 0


def test_an_address_another_page_and_back_show_the_same_selection(server, gray_world, page, visit, drawn, frame, cell):
    visit(page, f"{server(gray_world)}/failures?run={RUN}")
    click_cell(page, drawn, gray_world, cell)
    rows, address = expected(frame, ((frame["label"] == cell[0]) & (frame["pred"] == cell[1])).to_numpy()), page.url
    visit(page, address)  # a new session, as a colleague's
    assert holds(page, rows)
    page.locator(".pages a", has_text="Embeddings").click()
    page.wait_for_url("**/embeddings?*true=*")
    drawn(page)
    assert holds(page, rows)
    step(page, drawn, -1, "**/failures?*true=*")
    assert holds(page, rows)
    step(page, drawn, 1, "**/embeddings?*true=*")
    step(page, drawn, -1, "**/failures?*true=*")
    assert holds(page, rows)
    step(page, drawn, -1, lambda url: "/failures?" in url and "true=" not in url)


def step(page, drawn, steps: int, address) -> None:
    """One step back or forward, once."""
    page.evaluate(f"history.go({steps})")
    page.wait_for_url(address, timeout=20_000)
    drawn(page)


def test_the_report_is_a_file_that_describes_the_run(server, gray_world, page, visit, tmp_path):
    visit(page, f"{server(gray_world)}/?data=tiny&run=beta&base=alpha")
    with page.expect_download(timeout=120_000) as made:
        page.get_by_role("button", name="Write report").click()
    made.value.save_as(tmp_path / "report.html")
    html = (tmp_path / "report.html").read_text("utf-8")
    assert made.value.suggested_filename == "beta.html" and "beta on tiny" in html and "Against alpha" in html

"""Faster than the app: another page is requested, and a moment later something still on screen is clicked."""

import pytest

pytestmark = pytest.mark.timeout(900)  # seconds: a busy machine is not a failure

WAITS = (0, 15, 30, 60)  # milliseconds from the link to the click
TARGETS = [("Embeddings", ".face"), ("Overview", "td[data-cell]")]
HURRY = """([link, x, y, wait]) => {  // as the mouse does: what lies under the pointer gets the click
  const under = (root) => {
    const hit = root.elementFromPoint(x, y);
    return hit?.shadowRoot && hit.shadowRoot !== root ? under(hit.shadowRoot) : hit;
  };
  const links = [...document.querySelectorAll(".pages a")];
  links.find((node) => node.innerText.includes(link)).click();
  return new Promise((done) => setTimeout(() => done(void under(document)?.click()), wait));
}"""


@pytest.mark.parametrize(("link", "target"), TARGETS)
def test_a_click_on_a_page_already_left_breaks_nothing(server, gray_world, page, visit, drawn, link, target):
    for wait in WAITS:
        visit(page, f"{server(gray_world)}/failures?data=tiny&run=alpha")
        element = page.locator(target).first
        element.scroll_into_view_if_needed()
        box = element.bounding_box()
        page.evaluate(HURRY, [link, box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, wait])
        drawn(page)  # and no exception is shown
        assert page.locator("h1").inner_text() == link

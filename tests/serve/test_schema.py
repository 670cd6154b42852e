"""The app keeps to its own OpenAPI description, whatever is sent."""

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis.specs.openapi.checks import positive_data_acceptance

from tests.serve.serving import client, picture

EXAMPLES = 25
# a string of bytes that fits the description need not be a picture, and is refused with 422
NOT_PICTURES = [positive_data_acceptance]


@pytest.mark.parametrize("path", ["/predict", "/health", "/ready", "/metrics"])
def test_answers_are_those_of_the_description(path: str) -> None:
    with client() as http:
        for kind in ("image/png", "image/jpeg", "image/webp"):
            contents = st.sampled_from([picture(), picture(ending=".jpg"), b"", b"words"]) | st.binary(max_size=200)
            schemathesis.openapi.media_type(kind, contents)
        operation = schemathesis.openapi.from_asgi("/openapi.json", http.app)[path][
            "POST" if path == "/predict" else "GET"
        ]

        @seed(0)
        @settings(
            max_examples=EXAMPLES, deadline=None, database=None, phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        @given(case=operation.as_strategy())
        def check(case: schemathesis.Case) -> None:
            case.call_and_validate(excluded_checks=NOT_PICTURES)

        check()


def test_the_description_has_an_example_and_every_refusal() -> None:
    with client() as http:
        described = http.get("/openapi.json").json()
    responses = described["paths"]["/predict"]["post"]["responses"]
    assert set(responses) == {"200", "400", "413", "415", "422", "429", "502", "503"}
    assert {tuple(r["content"]["application/json"]["schema"].values()) for s, r in responses.items() if s != "200"} == {
        ("#/components/schemas/Failure",)
    }
    assert described["components"]["schemas"]["Answer"]["examples"][0]["pictures"][0]["faces"][0]["emotion"] == "happy"

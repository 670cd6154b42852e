"""Why a request is not answered: an HTTP status and one sentence: what was expected, what came, what to do."""

__all__ = ["Refused", "busy", "fatal", "late", "too_large", "too_many", "unreadable", "unsupported"]


class Refused(Exception):
    """A request that gets an error."""

    def __init__(self, status: int, sentence: str, retry: int | None = None) -> None:
        super().__init__(sentence)
        self.status, self.sentence = status, sentence
        self.headers = {} if retry is None else {"Retry-After": str(retry)}  # seconds

    def as_dict(self) -> dict[str, str]:
        """The answer's JSON."""
        return {"error": self.sentence}


def too_large(megabytes: int) -> Refused:
    return Refused(413, f"Expected at most {megabytes} MB in a request, got more. Send fewer or smaller pictures.")


def too_many(pictures: int) -> Refused:
    return Refused(413, f"Expected at most {pictures} pictures in a request, got more. Send several requests.")


def unsupported(kind: str) -> Refused:
    sentence = f"Expected multipart/form-data, image/* or application/octet-stream, got {kind}. Set Content-Type."
    return Refused(415, sentence)


def unreadable(sentence: str) -> Refused:
    return Refused(422, sentence)


def busy(requests: int) -> Refused:
    return Refused(429, f"All {requests} places for requests are taken. Send it again in a second.", retry=1)


def fatal(tries: int) -> Refused:
    return Refused(502, f"{tries} workers ended while they read the request. Send other pictures.")


def late(seconds: float) -> Refused:
    return Refused(503, f"The request took longer than {seconds:g} seconds. Send fewer pictures, or later.", retry=5)

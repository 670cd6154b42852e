"""Sizes and losses of exported files, in words."""

from ferkit.deploy.record import Lost

__all__ = ["kilobytes", "loss", "loss_of", "milliseconds", "points"]


def kilobytes(n: float) -> str:
    """1834892 -> "1.83 MB"; 140105 -> "140 kB"; powers of ten."""
    return f"{n / 1e6:.3g} MB" if n >= 1e6 else f"{n / 1e3:.3g} kB"


def milliseconds(value: float) -> str:
    """0.4231 -> "0.42 ms"; 21.4 -> "21 ms"."""
    return f"{value:.2f} ms" if value < 10 else f"{value:.0f} ms"


def points(share: float) -> str:
    """A difference of two shares in points: -0.0031 -> "−0.3", with a true minus sign."""
    number = round(100 * share, 1)
    return f"{number:+.1f}".replace("-", "−") if number else "0.0"


def loss(lost: Lost) -> str:
    """ "−0.2 points [−0.6, +0.1], p = 0.23"; "the same answers" where no face changed."""
    if not lost.flips:
        return "the same answers"
    low, high = (points(end) for end in lost.interval)
    chance = "p < 0.001" if lost.p < 0.001 else f"p = {lost.p:.2g}"
    return f"{points(lost.difference)} points [{low}, {high}], {chance}"


def loss_of(lost: Lost) -> str:
    """The same without p: "−0.2 points [−0.6, +0.1] against PyTorch", "the same answers as PyTorch"."""
    said, interval, _ = loss(lost).partition("], p ")
    return f"{said}] against PyTorch" if interval else f"{said} as PyTorch"

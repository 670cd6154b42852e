"""What a source may hold, so that none fills the disk or the memory: checked before anything is unpacked."""

from ferkit.errors import DataError

__all__ = ["MAX_DECODED_RATIO", "MAX_FILES", "MAX_MEMBER", "MAX_PATH", "MAX_TABLE", "check_member", "check_total"]

MAX_FILES = 1_000_000
MAX_PATH = 400  # characters of a path in the source
MAX_MEMBER = 50 * 2**20  # bytes unpacked; a training image has a few thousand
MAX_TABLE = 2**30  # bytes; fer2013.csv has 0.3 GB
MAX_TOTAL = 8 * 2**30  # bytes of all files, unpacked
MAX_RATIO = 200  # unpacked over packed; images reach 1 to 3, a column of digits 4
MAX_DECODED_RATIO = 200  # bytes of pixels over bytes of files; photos reach 30
SMALL = 2**20  # bytes below which no ratio can hurt


def check_member(source: str, name: str, size: int, packed: int | None = None) -> None:
    """Raise DataError if the file `name` (printable, parts joined by "/") of an archive is not to be unpacked.

    size: bytes unpacked; packed: bytes in the archive, where it is stated.
    """
    shown = name if len(name) <= 100 else name[:100] + "…"
    limit = MAX_TABLE if name.casefold().endswith(".csv") else MAX_MEMBER
    if name.startswith("/") or ".." in name.split("/") or name[1:2] == ":":
        raise DataError(f"{source} climbs out of its folder ({shown!r}); it is not read.")
    if len(name) > MAX_PATH:
        raise DataError(f"{source} holds a path of {len(name):,} characters ({shown!r}); at most {MAX_PATH} are read.")
    if size > limit:
        megabytes = f"{size / 2**20:,.0f} MB; at most {limit / 2**20:,.0f} MB are expected"
        raise DataError(f"{source} holds {shown!r} of {megabytes}.")
    if packed is not None and size > max(SMALL, MAX_RATIO * packed):
        raise DataError(
            f"{source} holds {shown!r}, packed over {MAX_RATIO} times smaller, as only a zip bomb is; it is not read."
        )


def check_total(source: str, files: int, size: int, packed: int | None = None) -> None:
    """Raise DataError for more files, or more bytes of them, than a dataset has, or than `packed` bytes can mean."""
    if files > MAX_FILES:
        raise DataError(f"{source} holds {files:,} files; at most {MAX_FILES:,} are read.")
    if size > MAX_TOTAL:
        raise DataError(f"{source} unpacks to {size / 2**30:.0f} GB; at most {MAX_TOTAL / 2**30:.0f} GB are read.")
    if packed is not None and size > max(16 * SMALL, MAX_RATIO * packed):
        raise DataError(f"{source} is packed over {MAX_RATIO} times smaller, as only a bomb is; it is not read.")

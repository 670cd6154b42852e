"""Lines of a text file that may be hostile: one of a gigabyte is an error before it is in memory."""

import io
from typing import IO, Any

__all__ = ["LineLimit"]

MAX_LINE = 2 * 2**20  # bytes; a face of 512 x 512 pixels has half as many


class LineLimit(io.RawIOBase):
    """A file that raises ValueError where a line is longer than `MAX_LINE`."""

    def __init__(self, content: IO[bytes]) -> None:
        self.content, self.length = content, 0

    @classmethod
    def wrap(cls, content: IO[bytes]) -> IO[bytes]:
        """`content`, to be read line by line or in blocks."""
        return io.BufferedReader(cls(content))

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        block = self.content.read(len(buffer))
        end = block.rfind(b"\n")
        self.length = self.length + len(block) if end < 0 else len(block) - end - 1
        if self.length > MAX_LINE:
            raise ValueError(f"a line of over {MAX_LINE:,} bytes")
        buffer[: len(block)] = block
        return len(block)

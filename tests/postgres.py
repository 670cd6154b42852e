"""A PostgreSQL server of the test's own, on a socket in a temporary folder."""

import os
import pwd
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

NOBODY = "nobody"  # a server refuses to run as root


@contextmanager
def server(folder: Path) -> Iterator[str]:
    """Its address. The folder is given to another user where the tests run as root."""
    data = folder / "data"
    _run(folder, ["initdb", "--no-sync", "--auth=trust", "--username=tester", "--encoding=UTF8", "-D", str(data)])
    options = f"-c listen_addresses='' -c fsync=off -k {folder}"
    _run(folder, ["pg_ctl", "-w", "-D", str(data), "-o", options, "-l", str(folder / "log"), "start"])
    try:
        yield f"postgresql://tester@/postgres?host={folder}"
    finally:
        _run(folder, ["pg_ctl", "-w", "-D", str(data), "-m", "immediate", "stop"])


def _run(folder: Path, command: list[str]) -> None:
    user = None
    if os.geteuid() == 0:
        user = NOBODY
        shutil.chown(folder, user)
        for parent in [folder, *folder.parents][:3]:
            if pwd.getpwuid(parent.stat().st_uid).pw_name == "root" and parent != Path("/tmp"):
                parent.chmod(parent.stat().st_mode | 0o711)
    found = shutil.which(command[0])
    subprocess.run([found, *command[1:]], user=user, check=True, capture_output=True, timeout=60, cwd=folder)

"""$ python -m ferkit --help"""

from ferkit.cli import app

app(prog_name="python -m ferkit")

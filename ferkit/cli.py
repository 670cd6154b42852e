"""The command line.  $ python -m ferkit --help"""

import typer

from ferkit import cli_data, cli_evaluate, cli_train

__all__ = ["app"]

app = typer.Typer(
    help="Train, evaluate and explain facial-emotion classifiers.", no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False
)
app.add_typer(cli_data.app, name="data")
cli_train.register(app)
cli_evaluate.register(app)

"""The command line.  $ python -m ferkit --help"""

import typer

from ferkit.cli import crossval, data, ensemble, evaluate, predict, report, seeds, train, tune

__all__ = ["app"]

app = typer.Typer(
    help="Train, evaluate and explain facial-emotion classifiers.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(data.app, name="data")
train.register(app)
evaluate.register(app)
predict.register(app)
seeds.register(app)
crossval.register(app)
tune.register(app)
report.register(app)
ensemble.register(app)

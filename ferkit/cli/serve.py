"""A run behind HTTP, at the command line.  $ python -m ferkit serve compact"""

import importlib.util
import os
from typing import Annotated

import typer

from ferkit.cli.errors import report_errors
from ferkit.errors import ConfigError

__all__ = ["register"]

NEEDED = ("fastapi", "uvicorn", "prometheus_client", "python_multipart")
HERE = ("127.0.0.1", "localhost", "::1")


def register(app: typer.Typer) -> None:
    """Mount `serve` on the main app."""
    app.command()(report_errors(serve))


def serve(
    run: Annotated[str, typer.Argument(help="Name of the run that classifies the faces.")],
    host: Annotated[str, typer.Option(help="Address to listen on; 0.0.0.0 opens it to the network.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port to listen on; 0 takes a free one.")] = 8000,
    workers: Annotated[int, typer.Option(min=1, max=64, help="Processes, each with its own network.")] = 1,
    engine: Annotated[
        str, typer.Option(help="pytorch, or a format the run was exported to: onnx, float16, int8, int8-dynamic.")
    ] = "pytorch",
    megabytes: Annotated[int, typer.Option(min=1, max=1000, help="Of a request, at most.")] = 20,
    megapixels: Annotated[int, typer.Option(min=1, max=500, help="Of a picture, at most.")] = 25,
    pictures: Annotated[int, typer.Option(min=1, max=1000, help="Of a request, at most.")] = 16,
    seconds: Annotated[float, typer.Option(min=0.1, max=600, help="Until a request is answered, at most.")] = 20.0,
    requests: Annotated[
        int, typer.Option(min=1, max=10_000, help="Of a worker at a time, waiting ones included.")
    ] = 16,
    log_pictures: Annotated[
        int,
        typer.Option(
            min=0,
            max=100_000,
            envvar="FERKIT_LOG_PICTURES",
            help="Face crops that the log keeps, the latest; 0 is none.",
        ),
    ] = 0,
) -> None:
    """Serve a run over HTTP: POST pictures to /predict. Where FERKIT_SERVE_TOKEN is set, it is asked for."""
    from ferkit import runs

    opened = runs.open_run(run)
    if engine == "pytorch" and not opened.weights.is_file():
        raise ConfigError(f"{opened.name} has no model.safetensors to serve. Choose another run, or train it again.")
    if missing := [name for name in NEEDED if importlib.util.find_spec(name) is None]:
        raise ConfigError(f"Serving needs {', '.join(missing)}: pip install 'ferkit[serve]'")
    if engine != "pytorch":
        from ferkit.serve.exported import Exported

        Exported(opened, engine)  # what is missing is said before anything starts
    from ferkit.serve.server import serve as listen
    from ferkit.serve.settings import TOKEN, Limits, Settings

    _log(log_pictures)
    token = os.environ.get(TOKEN, "")
    if host not in HERE and not token:
        print(f"Anybody who reaches {host} can send pictures. {TOKEN} sets a token to ask for.")
    limits = Limits(megabytes=megabytes, megapixels=megapixels, pictures=pictures, seconds=seconds, requests=requests)
    listen(Settings(run=run, engine=engine, limits=limits), host, port, workers, token)


def _log(pictures: int) -> None:
    """Say what will be logged; an address that cannot be used is said before anything starts. Raises ConfigError."""
    from ferkit.monitor.pictures import VARIABLE as PICTURES
    from ferkit.monitor.store import VARIABLE, opened

    log = opened()
    if log is None:
        if pictures:
            raise ConfigError(f"--log-pictures needs a log, and {VARIABLE} names no database. Set it, or leave it out.")
        return
    os.environ[PICTURES] = str(pictures)  # for the workers
    kept = f"with the crops of the latest {pictures:,} faces" if pictures else "without pictures"
    print(f"Predictions are logged in {log.name}, {kept}.")
    log.close()

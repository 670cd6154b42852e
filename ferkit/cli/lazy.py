"""Commands whose modules are imported when they are called: `--help` prints without importing numpy."""

import importlib
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

__all__ = ["COMMANDS", "LazyGroup", "load"]

COMMANDS = {  # name -> (module, the first sentence of its help)
    "data": ("data", "Import, list, show, compare and audit datasets."),
    "notes": ("notes", "List, export and import the notes on a dataset's faces."),
    "train": ("train", "Train a run and score it on val; Ctrl-C leaves a valid run that --resume continues."),
    "recipes": ("train", "List the recipes and what each is for."),
    "evaluate": ("evaluate", "Score a run on a dataset and store what the pages show of it."),
    "robustness": (
        "robustness",
        "Score a run on corrupted faces, in five strengths of each kind, and store what the pages show of it.",
    ),
    "chain": ("chain", "Paste faces into scenes, find, crop and read them, and store what each step loses."),
    "explain": (
        "explain",
        "Measure what a run looks at, how far its heat maps are to be believed, and store it for the pages.",
    ),
    "calibrate": (
        "calibrate",
        "Fit a logit adjustment, class offsets and a temperature on val, score them by cross-validation, and store the "
        "run with its class offsets.",
    ),
    "map": (
        "maps",
        "Draw the map of an evaluated split again, by UMAP, PCA and t-SNE; needs neither weights nor images.",
    ),
    "nearest": ("nearest", "Find the training faces nearest to each face of an evaluated split."),
    "runs": ("runs", "List the runs there are, with their scores on val."),
    "predict": ("predict", "Find the faces in photos and videos and classify their emotions."),
    "faces": ("faces", "Get the detector that finds most faces."),
    "video": (
        "video",
        "Read a video of any length: follow each face, and say what share of its time each emotion has.",
    ),
    "serve": ("serve", "Serve a run over HTTP: POST pictures to /predict."),
    "monitor": ("monitor", "Compare what was predicted with what a run was chosen on."),
    "seeds": ("seeds", "Keep the run of the seed with the best val accuracy under a new name."),
    "crossval": ("crossval", "Train once per fold and score every training face with a network that never saw it."),
    "tune": ("tune", "Search for better settings; any number of processes can share one study."),
    "report": ("report", "Write a report on one or several runs, with figures and tables."),
    "card": (
        "card",
        "Write a run's model card, as Hugging Face reads it: intended use, scores with intervals, limits, data.",
    ),
    "reproduce": (
        "reproduce",
        "Train a run again from its manifest and say how far the second strays from the first.",
    ),
    "ensemble": ("ensemble", "Combine finished runs into an ensemble, stored as a run, and score it on val."),
    "export": (
        "export",
        "Write a run as ONNX in float32, float16 and int8 and as an ExportedProgram, and measure what each loses.",
    ),
    "bench": (
        "bench",
        "Measure size, latency and memory of runs in PyTorch, torch.compile, ONNX Runtime, OpenVINO, and store them.",
    ),
    "soft-labels": (
        "soft_labels",
        "Write what runs say of the training faces, their mean, as a file that others learn from: --set teacher=FILE.",
    ),
    "average": (
        "average",
        "Average the weights of finished runs of one network, such as a run and one that was started from it, and "
        "score the result on val.",
    ),
}


def load(name: str) -> Any:
    """The command of that name, its module imported."""
    module = importlib.import_module(f"ferkit.cli.{COMMANDS[name][0]}")
    if hasattr(module, "app"):
        command = typer.main.get_command(module.app)
        command.name = name
        return command
    app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
    app.callback()(lambda: None)  # a group, however few commands the module has
    module.register(app)
    return typer.main.get_command(app).commands[name]  # type: ignore[attr-defined]


class LazyGroup(TyperGroup):
    """A group that knows names and summaries, and loads a command when it is to run."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        self.commands = {name: TyperCommand(name, help=summary) for name, (_, summary) in COMMANDS.items()}

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        name, command, rest = super().resolve_command(ctx, args)
        return name, load(name) if name else command, rest

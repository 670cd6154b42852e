"""Run folders: everything a run is, in one folder that can be copied to another machine."""

from ferkit.runs.folder import LOGIT, Results, Run, clear, names, open_run, path_of, settings

__all__ = ["LOGIT", "Results", "Run", "clear", "names", "open_run", "path_of", "settings"]

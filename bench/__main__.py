"""Every claim, one script after another, each in its own process.

$ python -m bench                      # all, about half an hour on two idle cores
$ python -m bench live gradcam --repeats 3
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

from bench import ROOT, timing

__all__ = ["main"]

SCRIPTS = (
    "pages",
    "gallery",
    "training",
    "evaluation",
    "scoring",
    "gradcam",
    "live",
    "webcam",
    "video",
    "networks",
    "embedding",
    "label_issues",
    "neutral",
    "resizing",
    "rolled",
    "same_face",
    "serve",
)


def main(argv: Sequence[str] | None = None) -> int:
    """Print each report as it comes and all claims at the end; status 1 if a script could not measure, whatever the
    claims say."""
    parser = argparse.ArgumentParser(
        prog="python -m bench", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("scripts", nargs="*", metavar="NAME", help=f"some of {', '.join(SCRIPTS)}; all by default")
    parser.add_argument("--repeats", type=int, metavar="N", help="of every script, in place of its own number")
    parser.add_argument("--json", action="store_true", help="print one JSON object and nothing else")
    options = parser.parse_args(argv)
    if unknown := set(options.scripts) - set(SCRIPTS):
        parser.error(f"no script {', '.join(sorted(unknown))}; there are {', '.join(SCRIPTS)}")
    reports, failures = _all(options.scripts or SCRIPTS, options.repeats, quiet=options.json)
    claims = [claim for report in reports for claim in report["claims"]]
    if options.json:
        print(json.dumps({"reports": reports, "claims": claims, "failures": failures}, ensure_ascii=False))
    else:
        timing.show_claims(claims)
        for name, reason in failures.items():
            print(f"bench.{name} measured nothing: {reason}")
    return 1 if failures else 0


def _all(names: Sequence[str], repeats: int | None, quiet: bool) -> tuple[list[dict[str, Any]], dict[str, str]]:
    """The reports of those that could measure, and the last words of those that could not."""
    reports: list[dict[str, Any]] = []
    failures: dict[str, str] = {}
    for name in names:
        try:
            reports.append(_report(name, repeats))
        except subprocess.CalledProcessError as error:
            failures[name] = (error.stderr.strip().splitlines() or [f"status {error.returncode}"])[-1]
            continue
        if not quiet:
            timing.show(reports[-1])
    return reports, failures


def _report(name: str, repeats: int | None) -> dict[str, Any]:
    """What one script says, as plain values."""
    command = [sys.executable, "-m", f"bench.{name}", "--json", *(["--repeats", str(repeats)] if repeats else [])]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    report: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return report


if __name__ == "__main__":
    sys.exit(main())

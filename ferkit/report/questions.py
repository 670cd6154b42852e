"""Questions for the discussion in a student's report, asked from the numbers."""

from ferkit.report.facts import Facts

__all__ = ["questions"]


def questions(facts: Facts) -> list[str]:
    """One sentence each, about the weakest class, the rarest, the most frequent confusion and each comparison."""
    recall = dict(zip(facts.classes, facts.recalls[facts.first.name][0], strict=True))
    train = facts.counts.get("train", {})
    worst = (
        f"Why has {facts.worst} the lowest recall ({recall[facts.worst]:.0%}): the labels, the faces or the network?"
    )
    listed = [worst]
    if facts.rarest:
        share = f"{train[facts.rarest]:,} of {sum(train.values()):,} training faces"
        listed.append(
            f"{facts.rarest.capitalize()} has {share} and a recall of {recall[facts.rarest]:.0%}. What would you "
            "change, "
            "and what would it cost the other classes?"
        )
    if facts.confusions:
        top = facts.confusions[0]
        listed.append(f"{top.share:.0%} of {top.true} is predicted as {top.predicted}. Would people tell these apart?")
    for other, test in facts.tests.items():
        verdict = "differ significantly" if test.sure else "do not differ significantly"
        listed.append(
            f"{facts.first.name} and {other} {verdict} on these {test.n:,} faces. Which experiment would settle it?"
        )
    if "val" in facts.first.manifest.scores:
        listed.append("What was selected on val, and which score do you expect on faces that nothing was selected on?")
    return listed

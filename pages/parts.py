"""Parts of the face: what does each emotion rest on? Probabilities with parts hidden, or taken from another emotion."""

from dashboard import view
from dashboard.parts import live, measured
from dashboard.state import current

selection = current()
run = view.run_of(selection)
found = measured.stored(run, selection)
if found is not None:
    measured.show(run, found)
    view.as_released("These effects")
live.show(run, selection, found)

"""What a network looks at and what it has learned. `overlay` and `filters` import no torch; `capture` and `gradcam`
do."""

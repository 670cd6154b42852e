"""What was predicted, and whether it still looks like what the run was chosen on.

log         one row per predicted face, written in the background; off unless FERKIT_LOG names a database
store       the database: SQLite, or whatever SQLAlchemy reaches
reference   how val looks to the run: quantiles of brightness, sharpness and confidence, and the classes predicted
drift       the log against the reference: tests, and alarms
summary     the log over time
pictures    crops of logged faces; none unless FERKIT_LOG_PICTURES says how many

Without that, no picture is stored, nor anything a face could be recognised by.
"""

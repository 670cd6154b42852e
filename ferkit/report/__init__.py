"""A report on one run or several, as one HTML file that needs nothing else, or as Markdown with its figures beside it.

$ python -m ferkit report compact base-cnn --out report.html
"""

__all__: list[str] = []

"""A report on one run or several, as one self-contained HTML file, or as Markdown with its figures in a folder.

$ python -m ferkit report compact base-cnn --out report.html
"""

__all__: list[str] = []

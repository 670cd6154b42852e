"""The Dataset page's parts: what a dataset holds, and how one is imported."""

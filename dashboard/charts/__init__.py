"""Figures, one module per subject: a result in, a plotly figure out; nothing here calls streamlit."""

"""Charts, one module per subject: a result in, a `spec.Chart` out; nothing here calls streamlit."""

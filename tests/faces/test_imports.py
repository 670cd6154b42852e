import subprocess
import sys


def test_faces_come_without_torch() -> None:
    heavy = ("torch", "sklearn", "scipy", "pandas", "streamlit")
    script = f"import sys, ferkit.faces; print([name for name in {heavy} if name in sys.modules])"
    assert (
        subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True).stdout.strip()
        == "[]"
    )

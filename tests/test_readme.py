"""What the README promises."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()


def test_the_example_prints_what_the_readme_says() -> None:
    code, printed = re.search(r"```python\n(.*?)```\s+```text\n(.*?)```", README, re.DOTALL).groups()  # type: ignore[union-attr]
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)

    assert done.stdout == printed


def test_the_picture_and_the_rooms_exist() -> None:
    for link in re.findall(r"\]\(([^)h][^)]*)\)", README):
        assert (ROOT / link).is_file(), link
    for room in ("app.py", "pages/explore/page.py", "pages/shared/web", "rmsprop_core/optimizers.py", "tests/bench"):
        assert (ROOT / room).exists(), room


def test_no_page_script_stands_directly_in_pages() -> None:
    """Streamlit would run it without app.py on the first deep link to a cold server."""
    assert [path.name for path in (ROOT / "pages").glob("*.py")] == ["__init__.py"]


def test_the_core_imports_neither_streamlit_nor_plotly() -> None:
    code = "import sys, rmsprop_core; print(sorted({'streamlit', 'plotly', 'pandas'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"

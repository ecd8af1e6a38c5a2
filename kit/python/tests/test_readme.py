"""Runs the examples of README.md as they stand there, with the built wheel in an environment that has nothing else."""

import re
import subprocess
import sys
import venv
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[1]
EXAMPLES = re.findall(r"```python\n(.*?)```", (FOLDER / "README.md").read_text(), re.DOTALL)


@pytest.fixture(scope="module")
def new_environment(tmp_path_factory):
    """The Python of a new environment with the wheel, pytest and what they ask for."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, with_pip=True)
    python = folder / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    (wheel,) = (FOLDER / ".built").glob("*.whl")
    install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--constraint", FOLDER / "requirements.txt"]
    subprocess.run([python, *install, wheel, "pytest"], check=True)
    return python


def run(*command, **options):
    done = subprocess.run(command, capture_output=True, text=True, **options)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_there_are_three_examples():
    assert len(EXAMPLES) == 3


def test_the_first_example(new_environment, tmp_path):
    (tmp_path / "test_example.py").write_text(EXAMPLES[0])
    assert "1 passed" in run(new_environment, "-m", "pytest", "-q", cwd=tmp_path)


def test_the_example_without_pytest(new_environment, tmp_path):
    printed = run(new_environment, "-I", "-c", EXAMPLES[1], cwd=tmp_path)
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+ ey\S+\n", printed)


def test_the_example_with_the_sdk(tmp_path):
    (tmp_path / "test_example.py").write_text(EXAMPLES[2])
    assert "1 passed" in run(sys.executable, "-m", "pytest", "-q", cwd=tmp_path)

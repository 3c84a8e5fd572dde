"""Detectors of a file that is not installed: found by every verb and by the processes that do the runs."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

DETECTOR = """
from adbench.api import Detector, DetectorSpec, hookimpl

class Ht(Detector):
    def fit(self, train, validation, priors):
        pass
    def score(self, events):
        return events.object("pt").sum(axis=1)

@hookimpl
def adbench_detectors():
    return [DetectorSpec(name="my_ht", target="my_ht_file:Ht", summary="sum of momenta")]
"""


def adbench(*arguments, cwd):
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ADBENCH_PLUGIN")}
    return subprocess.run(
        [sys.executable, "-P", "-m", "adbench", *map(str, arguments)],
        env={**environment, "OMP_NUM_THREADS": "1", "COLUMNS": "200"},
        cwd=cwd, capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "my_ht_file.py"
    path.write_text(DETECTOR)
    return path


def test_runs_in_processes_of_their_own_and_records_the_source(file, tmp_path):
    done = adbench("run", "-P", file.name, "-d", "my_ht", "-c", "1,2a", "--jobs", 2, "--max-events", 300, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    records = [json.loads(path.read_text()) for path in (tmp_path / "results").rglob("record.json")]
    assert [record["status"] for record in records] == ["ok", "ok"]
    assert {record["detector"]["distribution"] for record in records} == {"my_ht_file.py"}
    assert all(record["detector"]["source_hash"] for record in records)


def test_a_file_that_takes_an_installed_name_stands_for_it_and_says_so(file, tmp_path):
    file.write_text(DETECTOR.replace('name="my_ht"', 'name="met"'))
    done = adbench("run", "-P", file, "-d", "met", "-c", "1", "--max-events", 300, "--dry-run", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    warned = " ".join(done.stderr.split())
    assert "its detector 'met' repeats a name of my_ht_file.py source " in warned
    assert (
        "which keeps it. Rename it in my_ht_file.py, unless the file is to stand for the installed detector" in warned
    )


def test_show_and_list_know_it_only_when_it_is_named(file, tmp_path):
    assert "sum of momenta" in adbench("show", "my_ht", "-P", file, cwd=tmp_path).stdout
    assert "my_ht" in adbench("list", "detectors", "--plugin-file", file, cwd=tmp_path).stdout
    unknown = adbench("show", "my_ht", cwd=tmp_path)
    assert unknown.returncode == 2
    assert "no detector 'my_ht'" in unknown.stderr


def test_a_study_names_it_from_its_own_folder(file, tmp_path):
    study = tmp_path / "scan.yaml"
    study.write_text("detectors: [my_ht]\nplugins: [my_ht_file.py]\nchannels: [1]\n")
    (tmp_path / "elsewhere").mkdir()
    done = adbench("study", study, "--dry-run", cwd=tmp_path / "elsewhere")
    assert done.returncode == 0, done.stderr
    study.write_text("detectors: [my_ht]\nplugins: [my_ht_fil.py]\nchannels: [1]\n")
    missing = adbench("study", study, cwd=tmp_path)
    assert missing.returncode == 2
    assert f"{study}:2" in missing.stderr
    assert "Did you mean" in missing.stderr


def test_a_study_takes_it_from_the_command_line_and_keeps_it(file, tmp_path):
    study = tmp_path / "scan.yaml"
    study.write_text("detectors: [my_ht]\nchannels: [1]\nlimits: {max_events: 300}\n")
    done = adbench("study", study, "-P", file, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    (kept,) = (tmp_path / "results" / "studies").rglob("*.yaml")
    assert str(file) in kept.read_text()


@pytest.mark.parametrize(
    ("name", "source", "code", "says"),
    [
        ("broken.py", "x = 1\nimport no_such_module\n", 3, "broken.py:2: importing it raised ModuleNotFoundError"),
        ("broken.py", "def f(:\n", 3, "broken.py:1: importing it raised SyntaxError"),
        ("broken.py", "raise SystemExit(0)\n", 3, "broken.py:1: importing it raised SystemExit"),
        ("nothing.py", "x = 1\n", 3, "no hooks marked with hookimpl"),
        ("json.py", "x = 1\n", 2, "name of another module, 'json'"),
        ("my-file.py", "x = 1\n", 2, "no name of a module"),
        ("wrong.py", "from adbench.api import hookimpl\n@hookimpl\ndef adbench_detectors():\n    return ['x']\n", 3,
         "returned 'x', which is no DetectorSpec"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_it_is_one_line(tmp_path, name, source, code, says):
    (tmp_path / name).write_text(source)
    done = adbench("list", "detectors", "-P", name, cwd=tmp_path)
    assert done.returncode == code
    assert says in done.stderr
    assert done.stderr.count("\n") == 1

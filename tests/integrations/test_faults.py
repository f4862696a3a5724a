"""Runs that are killed, starved or interrupted, and started again."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
import time

import pytest

from netralitas_nlp.integrations import files
from netralitas_nlp.integrations.files import TableError, score_file

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals and limits of POSIX")

# A run of small batches that tells its process number and gives a killer time to strike.
_RUN = """
import sys, time
from netralitas_nlp.integrations import files
files._BATCH, files._SAVE_AFTER = 40, 0.0
source, output, jobs = sys.argv[1:4]
pause = float(sys.argv[4])
def advance(done, total):
    print(done, flush=True)
    time.sleep(pause)
files.score_file(source, output, jobs=int(jobs), evidence=False, force=True, advance=advance)
"""
# The same with a limit on the size of files, which fails as a full disk does: in mid-write.
_LIMITED = """
import resource
resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, {limit}))
"""


@pytest.fixture
def source(tmp_path, posts):
    path = tmp_path / "posts.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "teks"])
        writer.writerows([i, f'{posts[0][i % 60]} "kata",\n{i}'] for i in range(600))
    return path


@pytest.fixture
def whole(tmp_path, source):
    path = tmp_path / "whole.csv"
    score_file(str(source), str(path), evidence=False)
    return path.read_bytes()


def start(code, *args):
    return subprocess.Popen(
        [sys.executable, "-c", code, *map(str, args)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def children(parent):
    command = ["ps", "-o", "pid=", "--ppid", str(parent)]
    out = subprocess.run(command, check=False, capture_output=True, text=True)
    return [int(pid) for pid in out.stdout.split()]


def alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    with open(f"/proc/{pid}/stat") as file:
        return file.read().rsplit(")", 1)[1].split()[0] != "Z"


@pytest.mark.parametrize("jobs", [1, 2])
def test_killed_again_and_again(tmp_path, source, whole, jobs):
    out = tmp_path / "out.csv"
    kills, workers, most = 0, [], 0
    while not out.exists():
        process = start(_RUN, source, out, jobs, 0.02)
        for _ in range(3):  # a little further every time, then the axe
            line = process.stdout.readline()
            if not line:
                break
            most = max(most, int(line))
        workers += children(process.pid)
        time.sleep(0.005 * (kills % 5))
        process.kill()
        process.communicate()
        kills += 1
        assert kills < 30
    assert kills > 3  # it was indeed killed under way
    assert most > 400
    assert out.read_bytes() == whole
    assert sorted(p.name for p in tmp_path.iterdir()) == ["out.csv", "posts.csv", "whole.csv"]
    limit = time.time() + 10
    while any(map(alive, workers)) and time.time() < limit:
        time.sleep(0.1)
    assert not [pid for pid in workers if alive(pid)]


@pytest.mark.parametrize("share", [0.01, 0.3, 0.9])
def test_a_full_disk(tmp_path, source, whole, share):
    out = tmp_path / "out.csv"
    limit = int(len(whole) * share)
    process = start(_LIMITED.format(limit=limit) + _RUN, source, out, 1, 0)
    printed, errors = process.communicate()
    assert process.returncode == 1
    last = errors.strip().splitlines()[-1]
    assert "TableError" in last
    assert "rows scored so far are kept" in last
    done = int(printed.split()[-1]) if printed else 0
    assert f"the {done:,} rows" in last
    assert not out.exists()
    process = start(_RUN, source, out, 1, 0)
    printed, errors = process.communicate()
    assert process.returncode == 0, errors
    assert len(printed.split()) == 15 - done // 40  # what was kept is not done again
    assert out.read_bytes() == whole


def test_the_command_says_it_in_one_line(tmp_path, source):
    code = _LIMITED.format(limit=2000) + (
        "import sys\nfrom netralitas_nlp.cli import main\nmain(sys.argv[1:])"
    )
    process = start(code, "score", "--input", source, "--output", tmp_path / "out.csv")
    _, errors = process.communicate()
    assert process.returncode == 2
    assert len(errors.strip().splitlines()) == 1, errors
    assert errors.startswith("netralitas: ")


@pytest.mark.parametrize("jobs", [1, 2])
def test_ctrl_c(tmp_path, source, whole, jobs):
    out = tmp_path / "out.csv"
    code = (
        "import sys, time\nfrom netralitas_nlp.integrations import files, progress\n"
        "import netralitas_nlp.cli as cli\nfiles._BATCH, files._SAVE_AFTER = 40, 0.0\n"
        "write = files.Checkpoint.write\n"
        "def slow(self, state):\n"
        "    write(self, state); print('x', flush=True); time.sleep(0.2)\n"
        "files.Checkpoint.write = slow\ncli.main(sys.argv[1:])"
    )
    args = ("score", "--input", source, "--output", out, "--no-evidence", "--jobs", jobs)
    process = start(code, *args)
    for _ in range(3):
        process.stdout.readline()
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=30)
    assert process.returncode == 2
    assert errors.strip().splitlines() == [
        f"netralitas: stopped; what was scored is kept, start the same command to go on with {out}"
    ]
    assert json.loads((tmp_path / "out.csv.part.json").read_text())["rows"] >= 40
    process = start(_RUN, source, out, 1, 0)
    process.communicate()
    assert out.read_bytes() == whole


def test_a_reader_that_goes_away(python):
    code = (
        "import subprocess, sys\n"
        "command = [sys.executable, '-m', 'netralitas_nlp.cli', 'score']\n"
        "run = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,\n"
        "    stderr=subprocess.PIPE, text=True)\n"
        "run.stdin.write('Ayo coblos nomor dua\\n' * 256); run.stdin.flush()\n"
        "run.stdout.readline(); run.stdout.close()\n"
        "try:\n"
        "    run.stdin.write('hujan\\n' * 20000); run.stdin.close()\n"
        "except BrokenPipeError: pass\n"
        "print(run.wait(), repr(run.stderr.read()))"
    )
    assert python(code).stdout.strip() == "1 ''"


def test_a_killed_worker(tmp_path, source):
    out = tmp_path / "out.csv"
    process = start(_RUN, source, out, 2, 0.2)
    while not (workers := children(process.pid)):
        assert process.stdout.readline()
    for pid in workers:
        os.kill(pid, signal.SIGKILL)
    _, errors = process.communicate(timeout=30)
    assert "a worker process was killed" in errors.strip().splitlines()[-1]
    assert (tmp_path / "out.csv.part.json").exists()


def test_one_run_at_a_time(tmp_path, source):
    out = tmp_path / "out.csv"
    process = start(_RUN, source, out, 1, 0.3)
    process.stdout.readline()
    with pytest.raises(TableError, match="another run is writing"):
        score_file(str(source), str(out))
    process.kill()
    process.communicate()


@pytest.mark.parametrize("step", range(3))
def test_killed_between_the_last_steps(tmp_path, posts, monkeypatch, step):
    """The note says that all is written; after it come two renames and the end of the note."""
    source, out = tmp_path / "posts.csv", tmp_path / "out.csv"
    source.write_text('id,teks\n1,"hujan"\nx\n2,"ayo coblos nomor dua"\n', encoding="utf-8")
    score_file(str(source), str(tmp_path / "calm.csv"), evidence=False)
    steps = iter(range(step))

    def counted(act):
        def either(*args):
            if next(steps, None) is None:
                raise KeyboardInterrupt
            return act(*args)

        return either

    def interrupted(method):
        def last_step(*args):
            with monkeypatch.context() as patch:
                patch.setattr(os, "replace", counted(os.replace))
                patch.setattr(os, "remove", counted(os.remove))
                method(*args)

        return last_step

    with monkeypatch.context() as patch:
        for name in ("finish", "forget"):
            patch.setattr(files.Checkpoint, name, interrupted(getattr(files.Checkpoint, name)))
        with pytest.raises(KeyboardInterrupt):
            score_file(str(source), str(out), evidence=False)
    assert json.loads((tmp_path / "out.csv.part.json").read_text())["whole"] is True
    assert score_file(str(source), str(out), evidence=False) == 2
    names = {"posts.csv", "out.csv", "out.csv.rejects.csv", "calm.csv", "calm.csv.rejects.csv"}
    assert {path.name for path in tmp_path.iterdir()} == names
    assert out.read_bytes() == (tmp_path / "calm.csv").read_bytes()
    rejects = [tmp_path / f"{name}.csv.rejects.csv" for name in ("out", "calm")]
    assert rejects[0].read_bytes() == rejects[1].read_bytes()


@pytest.mark.parametrize("ending", ["csv", "jsonl"])
def test_rejects_and_a_kill_between(tmp_path, posts, monkeypatch, ending):
    monkeypatch.setattr(files, "_BATCH", 10)
    source, out = tmp_path / f"posts.{ending}", tmp_path / "out.csv"
    lines, good = [], []
    for i in range(100):
        text = posts[0][i % 60]
        if i % 7 == 3:
            lines.append(f"{i},a,=b,0812-3456-7890" if ending == "csv" else '{"id": ')
        else:
            good.append(str(i))
            lines.append(
                f'{i},"{text}"' if ending == "csv" else json.dumps({"id": i, "teks": text})
            )
    head = "id,teks\n" if ending == "csv" else ""
    source.write_text(head + "\n".join(lines) + "\n", encoding="utf-8")

    class Cut(Exception):  # noqa: N818
        pass

    def cut(done, total):
        if done > 40:
            raise Cut

    with pytest.raises(Cut):
        score_file(str(source), str(out), evidence=False, advance=cut)
    assert score_file(str(source), str(out), evidence=False) == len(good)
    with out.open(encoding="utf-8", newline="") as file:
        assert [row["id"] for row in csv.DictReader(file)] == good
    with open(f"{out}.rejects.csv", encoding="utf-8", newline="") as file:
        bad = list(csv.DictReader(file))
    first = 2 if ending == "csv" else 1
    assert [int(row["row"]) for row in bad] == [i + first for i in range(100) if i % 7 == 3]
    assert all(row["reason"] for row in bad)
    assert "0812" not in json.dumps(bad)
    assert len(list(tmp_path.iterdir())) == 3
    with pytest.raises(FileExistsError, match="exists already"):
        score_file(str(source), str(out))


def test_strict_stops_and_keeps(tmp_path, posts, monkeypatch):
    monkeypatch.setattr(files, "_BATCH", 10)
    source, out = tmp_path / "posts.csv", tmp_path / "out.csv"
    rows = [f'{i},"{posts[0][i]}"' for i in range(25)]
    source.write_text("id,teks\n" + "\n".join([*rows, "x"]) + "\n", encoding="utf-8")
    with pytest.raises(TableError, match="row 27: 1 cells instead of 2"):
        score_file(str(source), str(out), strict=True)
    assert not out.exists()
    assert json.loads((tmp_path / "out.csv.part.json").read_text())["rows"] == 20
    assert score_file(str(source), str(out)) == 25


def test_another_model_of_the_same_name_starts_anew(tmp_path, source, small_folder, monkeypatch):
    import shutil

    monkeypatch.setattr(files, "_BATCH", 100)
    folder, out = tmp_path / "model", tmp_path / "out.csv"
    shutil.copytree(small_folder, folder)

    def cut(done, total):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        score_file(str(source), str(out), model=str(folder), evidence=False, advance=cut)
    facts = json.loads((folder / "model.json").read_text("utf-8"))
    facts["calibration"][0] = [2.0, 1.0]
    (folder / "model.json").write_text(json.dumps(facts), encoding="utf-8")
    seen = []
    score_file(
        str(source), str(out), model=str(folder), evidence=False,
        advance=lambda done, total: seen.append(done),
    )  # fmt: skip
    assert seen[0] == 100


def test_ctrl_c_where_no_command_speaks_of_it(monkeypatch):
    from click.testing import CliRunner

    from netralitas_nlp import cli

    def interrupted(name):
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, "_load", interrupted)
    done = CliRunner().invoke(cli.main, ["score", "hujan"])
    assert (done.exit_code, done.output.strip()) == (2, "netralitas: stopped")

"""Searches over a stand-in for a training: run, stopped, failed, killed and resumed."""

import dataclasses
import json
import math
import multiprocessing
import os
import pathlib
import signal
import sys
import threading
import time

import pytest

from seqkit.tasks.tuning import Hooks, Settings, resumed_tuning, tuning
from seqkit.tasks.tuning.folder import Folder
from seqkit.tasks.tuning.reading import Known, read_parameter

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the stand-in locks by fcntl")

PROGRAM = (sys.executable, str(pathlib.Path(__file__).with_name("stand_in.py")))
SETTINGS = Settings("train-lm", (), "random", ("lr=log:1e-4:1",), trials=6, prune=False)


@pytest.fixture(autouse=True)
def looking_often(monkeypatch):
    monkeypatch.setattr("seqkit.tasks.tuning.running.PAUSE", 0.01)


def changed(**changes):
    return dataclasses.replace(SETTINGS, **changes)


def search(out, settings=SETTINGS, jobs=1, hooks=None):
    """Run a search to its end, a new one or that in the folder."""
    parameters = [read_parameter(text, Known(("lr",))) for text in settings.parameters]
    begin = resumed_tuning if Folder(out).exists else tuning
    with begin(settings, parameters, out, PROGRAM) as job:
        return job.run_to_end(jobs, hooks)


def loss_of(lr, epoch=4):
    """What the stand-in reaches."""
    return (math.log10(lr) + 2) ** 2 + 1 / epoch


def starts(out, trial):
    """After how many epochs each process of a trial began."""
    return [int(n) for n in (out / "trials" / trial / "starts.txt").read_text().split()]


def test_every_trial_is_a_run_and_the_best_comes_first(tmp_path):
    out = tmp_path / "search"
    results = search(out)
    assert sorted(result.trial for result in results) == [1, 2, 3, 4, 5, 6]
    for result in results:
        assert result.figure == pytest.approx(loss_of(result.values["lr"]))
        ended = (result.status, result.metric, result.epochs, result.seconds, result.error)
        assert ended == ("finished", "valid.loss", 4, 0.5, None)
    figures = [result.figure for result in results]
    assert figures == sorted(figures)
    lines = [json.loads(line) for line in (out / "trials.jsonl").read_text().splitlines()]
    assert [line["trial"] for line in lines] == [1, 2, 3, 4, 5, 6]
    assert lines == [r.as_json() for r in sorted(results, key=lambda r: r.trial)]
    assert not list(out.glob("trials/*.log"))


def test_trials_get_seed_and_threads_and_their_own_arguments_win(tmp_path):
    search(tmp_path / "a", changed(trials=1, seed=5, threads=3))
    search(tmp_path / "b", changed(trials=1, seed=5, threads=3, arguments=("--threads", "2")))
    kept = [json.loads((tmp_path / n / "trials/001/config.json").read_text()) for n in "ab"]
    settings = [(k["settings"]["seed"], k["settings"]["threads"]) for k in kept]
    assert settings == [(5, 3), (5, 2)]


def test_poor_trials_are_stopped_and_count_with_what_they_had_reached(tmp_path):
    """One at a time, so which are stopped is known: compare with the rule written out."""
    out = tmp_path / "search"
    by_trial = sorted(search(out, changed(trials=12, prune=True)), key=lambda r: r.trial)
    known = []  # for each trial its losses by epoch, as long as it was not stopped
    for result in by_trial:
        losses, wanted = [loss_of(result.values["lr"], e) for e in (1, 2, 3, 4)], 4
        for epoch in (1, 2, 3):
            others = sorted(other[epoch - 1] for other in known if len(other) >= epoch)
            middle = (
                (others[(len(others) - 1) // 2] + others[len(others) // 2]) / 2 if others else 0
            )
            if len(others) >= 3 and losses[epoch - 1] > middle:
                wanted = epoch
                break
        known.append(losses[:wanted])
        assert (result.epochs, result.status == "stopped") == (wanted, wanted < 4)
        assert result.figure == pytest.approx(losses[wanted - 1])
    assert {result.status for result in by_trial} == {"finished", "stopped"}


def test_a_trial_that_hangs_back_is_stopped_while_it_runs(tmp_path):
    """Held before its second epoch until a signal comes."""
    out, hold = tmp_path / "search", tmp_path / "hold"
    whole = sorted(search(tmp_path / "whole", changed(trials=8, prune=True)), key=lambda r: r.trial)
    stopped = [result for result in whole if result.status == "stopped"]
    hold.mkdir()
    for result in stopped:
        (hold / f"{result.trial:03}").touch()
    held = search(out, changed(trials=8, prune=True, arguments=("--hold", str(hold))))
    assert stopped and sorted(held, key=lambda r: r.trial) == whole
    for result in stopped:
        run = out / "trials" / f"{result.trial:03}"
        assert len((run / "history.jsonl").read_text().splitlines()) == 1
        assert not (run / "metrics.json").exists()


class Watch(Hooks):
    """Notes what it is told of."""

    def __init__(self):
        self.ended, self.waited = [], []

    def on_wait(self, number):
        self.waited.append(number)

    def on_end(self, result):
        self.ended.append(result)


def test_several_at_a_time_end_as_one_after_the_other(tmp_path):
    watch = Watch()
    side = search(tmp_path / "side", changed(trials=9), jobs=4, hooks=watch)
    assert side == search(tmp_path / "one", changed(trials=9))
    assert sorted(result.trial for result in watch.ended) == list(range(1, 10))
    lines = [(tmp_path / name / "trials.jsonl").read_bytes() for name in ("side", "one")]
    assert lines[0] == lines[1]


def test_coarse_to_fine_waits_for_its_rounds(tmp_path):
    settings = changed(method="coarse-to-fine", trials=9)
    side = search(tmp_path / "side", settings, jobs=4)
    assert side == search(tmp_path / "one", settings)
    plain = {r.trial: r.values for r in search(tmp_path / "plain", changed(trials=9))}
    assert {r.trial for r in side if r.values == plain[r.trial]} == {1, 2, 3}


def test_a_trial_that_fails_is_noted_and_the_search_goes_on(tmp_path):
    out = tmp_path / "search"
    results = search(out, changed(trials=8, arguments=("--fail-above", "0.1")))
    failed = [result for result in results if result.status == "failed"]
    assert {r.trial for r in failed} == {r.trial for r in results if r.values["lr"] > 0.1}
    assert failed and results[-len(failed) :] == failed
    assert {r.error for r in failed} == {"the loss became nan; lower --lr"}
    assert "a warning" in (out / "trials" / f"{failed[0].trial:03}.log").read_text()


def test_where_all_fail_alike_at_the_beginning_it_gives_up(tmp_path):
    with pytest.raises(
        RuntimeError, match=r"^the first 3 trials failed alike: the loss became nan"
    ):
        search(tmp_path / "many", changed(arguments=("--fail-above", "0")))
    assert len((tmp_path / "many" / "trials.jsonl").read_text().splitlines()) == 3
    with pytest.raises(RuntimeError, match=r"^all 2 trials failed; the first: the loss became nan"):
        search(tmp_path / "few", changed(trials=2, arguments=("--fail-above", "0")))


def test_a_measure_that_no_run_has_fails_and_names_those_there_are(tmp_path):
    with pytest.raises(RuntimeError, match=r"it has no valid.bleu; --metric can be valid.loss"):
        search(tmp_path / "search", changed(trials=1, metric="valid.bleu"))


# Stopped, killed, resumed.


@pytest.fixture(scope="module")
def processes():
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__, "seqkit.tasks.tuning"])
    return context


def wait_until(reached):
    deadline = time.monotonic() + 60
    while not reached():
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.01)


def epochs_of(out, trial):
    path = out / "trials" / trial / "history.jsonl"
    return len(path.read_text().splitlines()) if path.exists() else 0


def held_settings(tmp_path, prune=False):
    """Settings of a search whose fourth trial waits before its second epoch, and the file to
    remove so that it goes on.
    """
    (tmp_path / "hold").mkdir()
    (tmp_path / "hold" / "004").touch()
    arguments = ("--hold", str(tmp_path / "hold"))
    return changed(arguments=arguments, prune=prune), tmp_path / "hold" / "004"


@pytest.mark.parametrize("trial_dies", [False, True])
def test_killed_and_resumed_it_ends_as_one_never_stopped(processes, tmp_path, trial_dies):
    settings, hold = held_settings(tmp_path)
    whole, out, watch = tmp_path / "whole", tmp_path / "killed", Watch()
    search(whole)
    process = processes.Process(target=search, args=(out, settings))
    process.start()
    wait_until(lambda: epochs_of(out, "004") == 1)
    process.kill()
    process.join()
    if trial_dies:
        assert Folder(out).is_training(4)
        os.kill(int((out / "trials" / "004" / "pid.txt").read_text()), signal.SIGKILL)
        wait_until(lambda: not Folder(out).is_training(4))
    release = threading.Timer(0.3, hold.unlink)
    release.start()
    search(out, settings, hooks=watch)
    release.join()
    assert watch.waited == ([] if trial_dies else [4])
    assert [result.trial for result in watch.ended] == [4, 5, 6]
    assert (out / "trials.jsonl").read_bytes() == (whole / "trials.jsonl").read_bytes()
    assert starts(out, "004") == ([0, 1] if trial_dies else [0])
    assert starts(out, "003") == [0]


def _search_until_interrupted(out, settings):
    try:
        search(out, settings)
    except KeyboardInterrupt:
        sys.exit(130)


def test_ctrl_c_has_the_running_trials_save_themselves(processes, tmp_path):
    settings, hold = held_settings(tmp_path)
    out = tmp_path / "search"
    process = processes.Process(target=_search_until_interrupted, args=(out, settings))
    process.start()
    wait_until(lambda: epochs_of(out, "004") == 1)
    os.kill(process.pid, signal.SIGINT)
    process.join(60)
    assert process.exitcode == 130
    assert not Folder(out).is_training(4) and (out / "trials" / "004.log").exists()
    assert len((out / "trials.jsonl").read_text().splitlines()) == 3
    hold.unlink()
    assert search(out, settings) == search(tmp_path / "whole")
    assert starts(out, "004") == [0, 1]


def test_a_search_at_its_end_shows_its_results_again_and_may_grow(tmp_path):
    out = tmp_path / "search"
    results = search(out)
    assert search(out) == results
    more = search(out, changed(trials=8))
    assert more == search(tmp_path / "more", changed(trials=8))
    assert starts(out, "006") == [0]
    with pytest.raises(ValueError, match="began with other settings"):
        search(out, changed(seed=3))


# Folders that hold something else.


def test_a_folder_that_is_not_free_is_refused(tmp_path):
    parameters = [read_parameter(text, Known(("lr",))) for text in SETTINGS.parameters]
    Folder(tmp_path / "other").begin(SETTINGS)
    (tmp_path / "file").touch()
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "letter.txt").touch()
    for name, part in {
        "other": "holds another search; add --resume",
        "file": "is a file",
        "full": "holds other files",
    }.items():
        with pytest.raises(ValueError, match=part), tuning(SETTINGS, parameters, tmp_path / name):
            pass


def test_a_folder_is_held_by_one_search_at_a_time(tmp_path):
    Folder(tmp_path / "a").begin(SETTINGS)
    with (
        Folder(tmp_path / "a").locked(),
        pytest.raises(ValueError, match="another search is using"),
    ):
        search(tmp_path / "a")


@pytest.mark.parametrize(
    ("name", "text", "part"),
    [
        ("tune.json", "{", "damaged"),
        ("tune.json", "[]", "not a search of this version"),
        ("tune.json", '{"format": "seqkit-tune", "version": 9}', "not a search of this version"),
        ("tune.json", '{"format": "seqkit-tune", "version": 1}', "damaged"),
        ("trials.jsonl", "{}\n", "damaged"),
        ("trials.jsonl", "no\n", "damaged"),
    ],
)
def test_a_damaged_folder_names_its_file(tmp_path, name, text, part):
    out = tmp_path / "search"
    Folder(out).begin(SETTINGS)
    (out / name).write_text(text)
    with pytest.raises(ValueError, match=rf"{name}: .*{part}"):
        search(out)

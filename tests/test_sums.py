"""SHA256SUMS as sha256sum has it; what has changed since is found, whatever it is."""

import os
import shutil
import subprocess

import pytest

from seqkit.sums import NAME, check_sums, plain_files, sums_of


@pytest.fixture
def folder(tmp_path):
    """Two files, one of them in a folder, and their sums with that of one yet to come."""
    (tmp_path / "below").mkdir()
    (tmp_path / "a b.json").write_bytes(b"{}")
    (tmp_path / "below" / "ü").write_bytes(b"\0" * 1000)
    sums = sums_of(tmp_path, plain_files(tmp_path), {"coming": b"yes"})
    (tmp_path / NAME).write_bytes(sums)
    (tmp_path / "coming").write_bytes(b"yes")
    return tmp_path


@pytest.mark.skipif(shutil.which("sha256sum") is None, reason="no sha256sum here")
def test_sha256sum_agrees(folder):
    check_sums(folder / NAME, folder)
    checked = subprocess.run(["sha256sum", "--check", NAME], cwd=folder, capture_output=True)
    assert checked.returncode == 0 and checked.stdout.count(b": OK") == 3


@pytest.mark.parametrize("name", ["a b.json", "below/ü", "coming"])
def test_a_change_names_the_file(folder, name):
    data = bytearray((folder / name).read_bytes())
    data[-1] ^= 1
    (folder / name).write_bytes(data)
    os.utime(folder / name, ns=(1, 1))  # files are known by their time of change, too
    with pytest.raises(ValueError, match=r"damaged \(it is not what .*SHA256SUMS says\)") as caught:
        check_sums(folder / NAME, folder)
    assert str(caught.value).startswith(f"{folder / name}: ")


def test_what_is_not_told_of_or_not_there_passes(folder):
    (folder / "a b.json").unlink()
    (folder / "new").write_bytes(b"?")
    check_sums(folder / NAME, folder)
    (folder / NAME).write_bytes(b"\xff no sums\n../x\n")
    check_sums(folder / NAME, folder)
    (folder / NAME).unlink()
    check_sums(folder / NAME, folder)


def test_links_are_not_followed(folder, tmp_path_factory):
    other = tmp_path_factory.mktemp("other") / "a"
    other.write_bytes(b"else")
    (folder / "a b.json").unlink()
    (folder / "a b.json").symlink_to(other)
    check_sums(folder / NAME, folder)

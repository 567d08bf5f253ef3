"""The package as installed: what is in the wheel, what it needs, and that it runs anywhere."""

import ast
import email
import importlib.metadata
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile

import pytest

import seqkit

ROOT = pathlib.Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
FOLDERS = ("seqkit", "cli", "corpora")
VERSION = f"seqkit {seqkit.__version__} (sequence models for text)\n"


def _sources() -> set[str]:
    """Every module, named as it must lie in the wheel."""
    names = {p.relative_to(ROOT).as_posix() for f in FOLDERS for p in (ROOT / f).rglob("*.py")}
    return {name if name.startswith("seqkit/") else f"seqkit/{name}" for name in names}


def _python(*arguments: str, cwd: pathlib.Path, path: pathlib.Path | None = None) -> str:
    """What Python prints, run in a folder with one folder (or none) added to its path."""
    environment = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "PYTHONSAFEPATH")}
    if path is not None:
        environment["PYTHONPATH"] = str(path)
    command = [sys.executable, *arguments]
    done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> pathlib.Path:
    """A wheel built of a copy of the sources, so that nothing is written into the checkout."""
    pytest.importorskip("pip", reason="the wheel is built by pip")
    folder = tmp_path_factory.mktemp("packaging")
    source = folder / "source"
    source.mkdir()
    for name in FOLDERS:
        ignored = shutil.ignore_patterns("__pycache__", "*.nbi", "*.nbc")
        shutil.copytree(ROOT / name, source / name, ignore=ignored)
    for name in ("pyproject.toml", "setup.py", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    build = ("-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", "dist", ".")
    _python(*build, cwd=source)
    (built,) = (source / "dist").glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel) -> pathlib.Path:
    """A folder into which the wheel is installed, by itself."""
    target = wheel.parent / "installed"
    install = ("-m", "pip", "install", "--no-deps", "--no-index", "--target", str(target))
    _python(*install, str(wheel), cwd=wheel.parent)
    return target


@pytest.mark.slow
def test_the_wheel_holds_the_package_and_nothing_else(wheel):
    names = set(zipfile.ZipFile(wheel).namelist())
    package = {name for name in names if ".dist-info/" not in name}
    static = (ROOT / "seqkit" / "serve" / "static").iterdir()
    pages = {path.relative_to(ROOT).as_posix() for path in static}
    assert package == _sources() | {"seqkit/py.typed"} | pages


@pytest.mark.slow
def test_the_wheel_tells_what_it_is(wheel):
    archive = zipfile.ZipFile(wheel)
    (info,) = {name.split("/")[0] for name in archive.namelist() if ".dist-info/" in name}
    metadata = email.message_from_bytes(archive.read(f"{info}/METADATA"))
    assert (metadata["Name"], metadata["Version"]) == ("seqkit", seqkit.__version__)
    assert metadata["License-Expression"] == "MIT"
    assert f"{info}/licenses/LICENSE" in archive.namelist()
    assert not [line for line in metadata.get_all("Requires-Dist") if "@" in line]
    scripts = archive.read(f"{info}/entry_points.txt").decode()
    assert "seqkit = seqkit.cli.main:main" in scripts
    assert "seqkit-nlp = seqkit.cli.main:main" in scripts


@pytest.mark.slow
def test_the_wheel_runs_from_anywhere(installed):
    anywhere = pathlib.Path(ROOT.anchor)
    assert _python("-m", "seqkit", "--version", cwd=anywhere, path=installed) == VERSION
    where = "import seqkit.cli.main, seqkit.corpora as c; print(seqkit.__file__, c.__file__)"
    found = _python("-c", where, cwd=anywhere, path=installed).split()
    assert [pathlib.Path(file).is_relative_to(installed) for file in found] == [True, True]


def test_a_bare_checkout_runs():
    assert _python("-m", "seqkit", "--version", cwd=ROOT) == VERSION


def test_the_installed_package_runs_from_anywhere():
    """An editable installation, usually; the command and the module are the same."""
    try:
        importlib.metadata.distribution("seqkit")
    except importlib.metadata.PackageNotFoundError:
        pytest.skip("seqkit is not installed here; the tests run in its checkout")
    anywhere = pathlib.Path(ROOT.anchor)
    assert _python("-m", "seqkit", "--version", cwd=anywhere) == VERSION
    script = pathlib.Path(sys.executable).with_name("seqkit-nlp")
    done = subprocess.run([script, "--version"], cwd=anywhere, capture_output=True, text=True)
    assert done.stdout == VERSION


def test_every_package_is_listed():
    """Whatever folder has an __init__.py is in pyproject.toml, which names them one by one."""
    inits = [name for name in _sources() if name.endswith("/__init__.py")]
    packages = [name.removesuffix("/__init__.py").replace("/", ".") for name in inits]
    assert sorted(PROJECT["tool"]["setuptools"]["packages"]) == sorted(packages)


NAMED_APART = {"sklearn": "scikit-learn", "PIL": "pillow"}
"""Packages that are imported by another name."""


def _required(lines: list[str]) -> set[str]:
    return {re.split(r"[^A-Za-z0-9_.-]", line)[0] for line in lines}


def _names(node: ast.AST) -> list[str]:
    """The modules that a node of a syntax tree imports, if it does."""
    match node:
        case ast.Import():
            return [alias.name for alias in node.names]
        case ast.ImportFrom(module=str(name), level=0):
            return [name]
        case ast.Call(
            func=ast.Attribute(attr="import_module"), args=[ast.Constant(value=str(name))]
        ):
            return [name]
    return []


def _imported(folders: tuple[str, ...]) -> set[str]:
    """The top names of all modules of others that are imported in some folders."""
    paths = (path for folder in folders for path in (ROOT / folder).rglob("*.py"))
    nodes = (node for path in paths for node in ast.walk(ast.parse(path.read_text("utf-8"))))
    names = {name.split(".")[0] for node in nodes for name in _names(node)}
    return names - set(sys.stdlib_module_names) - {"seqkit", "tests"}


def test_dependencies_are_what_is_imported():
    extras = PROJECT["project"]["optional-dependencies"]
    known = _required(PROJECT["project"]["dependencies"])
    at_run_time = ("plots", "subword", "images", "tsne", "export", "serve")
    known |= _required([line for name in at_run_time for line in extras[name]])
    assert {NAMED_APART.get(name, name) for name in _imported(FOLDERS)} == known
    of_docs = {path.stem for path in (ROOT / "docs").glob("*.py")}
    others = {NAMED_APART.get(name, name) for name in _imported(("tests",)) - of_docs}
    assert others <= known | _required(extras["dev"] + extras["bench"])


def test_constraints_pin_every_dependency():
    """One exact version each, no local build of it, and of one that the requirement allows."""
    lines = (ROOT / "constraints.txt").read_text("utf-8").splitlines()
    pins = [line for line in lines if line and not line.startswith("#")]
    assert not [pin for pin in pins if not re.fullmatch(r"[\w.-]+==[\d.]+", pin)]
    names = [pin.split("==")[0].lower() for pin in pins]
    assert len(names) == len(set(names))
    required = PROJECT["project"]["dependencies"]
    for lines in PROJECT["project"]["optional-dependencies"].values():
        required = [*required, *lines]
    assert {name.lower() for name in _required(required)} - {"seqkit"} <= set(names)

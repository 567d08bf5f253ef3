"""Writes the pages and pictures that follow from the code: cells, commands, architecture.

python docs/generate.py            write what has changed
python docs/generate.py --check    exit with 1 if something would change
"""

import pathlib
import sys

import architecture_picture
import cells_page
import commands_page

FOLDER = pathlib.Path(__file__).parent


def main(arguments: list[str]) -> None:
    """Write or check everything."""
    if arguments not in ([], ["--check"]):
        raise SystemExit(__doc__)
    stale = changed(FOLDER, build(FOLDER))
    if not arguments:
        write(FOLDER, stale)
    elif stale:
        names = ", ".join(sorted(stale))
        raise SystemExit(f"docs/ is stale: {names}; run python docs/generate.py")


def build(folder: pathlib.Path) -> dict[str, bytes]:
    """Every generated file by its name in `folder`, where the template and the results are."""
    return {
        **cells_page.files(folder),
        "commands.md": commands_page.page().encode(),
        "architecture.svg": architecture_picture.drawn(),
    }


def changed(folder: pathlib.Path, built: dict[str, bytes]) -> dict[str, bytes | None]:
    """What must be written, by name; None for a picture of no cell, which must go."""
    found = {f"cells/{path.name}" for path in (folder / "cells").glob("*")}
    stale: dict[str, bytes | None] = dict.fromkeys(found - set(built))
    for name, content in built.items():
        path = folder / name
        if not path.exists() or path.read_bytes() != content:
            stale[name] = content
    return stale


def write(folder: pathlib.Path, files: dict[str, bytes | None]) -> None:
    """Write or remove files."""
    (folder / "cells").mkdir(exist_ok=True)
    for name, content in files.items():
        if content is None:
            (folder / name).unlink()
        else:
            (folder / name).write_bytes(content)


if __name__ == "__main__":
    main(sys.argv[1:])

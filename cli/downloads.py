"""Downloadable corpora for commands: fetching one, listing them, and showing what one holds."""

import difflib
import sys
from collections.abc import Iterable
from itertools import islice
from typing import TYPE_CHECKING, Any

from seqkit.cli import options
from seqkit.corpora.corpus import Split
from seqkit.corpora.download_table import DOWNLOADS
from seqkit.corpora.downloadable import files_of

if TYPE_CHECKING:
    from seqkit.corpora.download_records import Download


def fetch(name: str, quiet: bool) -> "Download":
    """Fetch a corpus of the table, telling its terms before and how it comes along."""
    from tqdm import tqdm

    from seqkit.corpora.downloading import download

    if name not in DOWNLOADS:
        near = difflib.get_close_matches(name, DOWNLOADS, 1)
        hint = f"did you mean {near[0]}? " if near else ""
        raise ValueError(f"{name} cannot be downloaded; {hint}there are: {', '.join(DOWNLOADS)}")
    entry = DOWNLOADS[name]
    options.note(f"{name}: {_megabytes(entry)} from {entry.source}", quiet)
    options.note(f"licence: {_terms(entry)}", quiet)
    watched = sys.stderr.isatty() and not quiet
    with tqdm(total=entry.size, leave=False, disable=not watched, unit="B", unit_scale=True) as bar:
        came = download(entry, bar.update)
    options.note("fetched, and its sums are right" if came else "it is here already", quiet)
    return entry


def listed() -> list[dict[str, Any]]:
    """What there is to know of each without fetching it."""
    return [_facts(entry) for entry in DOWNLOADS.values()]


def list_table() -> str:
    """The same for people."""
    from seqkit.report.terminal import table

    rows = [
        (e.name, e.tasks, _megabytes(e), "yes" if e.is_here else "no", e.description, _terms(e))
        for e in DOWNLOADS.values()
    ]
    return table(rows, ("name", "task", "size", "here", "what", "licence and terms"))


def shown(name: str, lines: int, encoding: str) -> tuple[dict[str, Any], list[str]]:
    """What is known of one, and its first lines if it is here."""
    entry = DOWNLOADS[name]
    facts = _facts(entry)
    if not entry.is_here:
        return {**facts, "fetch_it_with": f"seqkit corpora download {name}"}, []
    counts = {split: sum(1 for _ in _records(entry, split, encoding)) for split in entry.parts}
    facts |= {f"records_of_{split}": count for split, count in counts.items()}
    first = next(iter(entry.parts))
    return {**facts, "folder": str(entry.folder)}, list(
        islice(_records(entry, first, encoding), lines)
    )


def _facts(entry: "Download") -> dict[str, Any]:
    told = ("name", "description", "source", "licence", "terms")
    facts = {field: getattr(entry, field) or "none" for field in told}
    return {**facts, "task": entry.tasks, "bytes": entry.size, "here": entry.is_here}


def _records(entry: "Download", split: Split, encoding: str) -> Iterable[str]:
    """The records of a part, each as a line."""
    if entry.kind == "labelled":
        from seqkit.corpora.labelled_catalogue import open_labelled

        labelled = open_labelled(entry.name, split=split, encoding=encoding)
        return (f"{', '.join(one.labels)}: {one.text}" for one in labelled)
    if entry.kind == "parallel":
        from seqkit.corpora.parallel_catalogue import open_parallel

        pairs = open_parallel(entry.name, None, split, encoding)
        return (f"{pair.source} -> {pair.target}" for pair in pairs)
    if entry.kind == "images":
        from seqkit.corpora.image_catalogue import open_images

        images = open_images(entry.name, split=split)
        return (
            f"{label}, mean brightness {image.mean():.0f} of 255"
            for label, image in zip(images.labels, images.pixels, strict=True)
        )
    from seqkit.corpora.readers import read_path

    (path,) = files_of(entry.name, entry.kind, split)
    return (record.text for record in read_path(path, encoding))


def _megabytes(entry: "Download") -> str:
    return f"{entry.size / 1e6:.1f} MB"


def _terms(entry: "Download") -> str:
    return "; ".join(filter(None, (entry.licence, entry.terms)))

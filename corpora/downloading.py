"""Fetching a corpus of the table: every byte checked, whole or not at all."""

import hashlib
import os
import pathlib
import shutil
import tempfile
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from http.client import HTTPException, HTTPMessage
from typing import IO, Any
from urllib.parse import urlsplit

from seqkit.corpora.download_records import Download, RemoteFile
from seqkit.corpora.storage import write_whole

TIMEOUT = 30.0
"""Seconds without an answer after which it is given up."""
_BLOCK = 1 << 16


def download(entry: Download, progress: Callable[[int], object] = lambda size: None) -> bool:
    """Fetch the files of a corpus into `entry.folder`; False where it was there already.

    All files or none appear there, each with the sum that the table names. `progress` is called
    with the bytes of each block that came. Proxies are those of the environment (HTTPS_PROXY).

    Raises ValueError where SEQKIT_OFFLINE forbids it, RuntimeError where the files cannot be
    fetched or are not the right ones, OSError where they cannot be written.
    """
    if entry.is_here and all(_is_right(entry.folder / file.name, file) for file in entry.files):
        return False
    if os.environ.get("SEQKIT_OFFLINE", "0") not in ("", "0"):
        raise ValueError(
            f"{entry.name}: SEQKIT_OFFLINE forbids downloads; unset it, or copy the files into "
            f"{entry.folder}"
        )
    entry.folder.parent.mkdir(parents=True, exist_ok=True)
    fresh = pathlib.Path(tempfile.mkdtemp(dir=entry.folder.parent, prefix=f".{entry.name}."))
    try:
        fresh.chmod(0o755)
        for file in entry.files:
            _write(fresh / file.name, _blocks(file, progress))
        shutil.rmtree(entry.folder, ignore_errors=True)  # what was damaged, or not whole
        fresh.rename(entry.folder)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return True


def _write(path: pathlib.Path, blocks: Iterator[bytes]) -> None:
    """Write a file; errors of the disk name the folder, which they do not by themselves."""
    try:
        write_whole(path, blocks)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path.parent.parent)) from error


def _blocks(file: RemoteFile, progress: Callable[[int], object]) -> Iterator[bytes]:
    """Yield a file as it comes; RuntimeError as soon as it is too long, else at its end."""
    digest, size = hashlib.sha256(), 0
    for block in _received(file):
        digest.update(block)
        size += len(block)
        if size > file.size:
            raise RuntimeError(f"{file.url}: longer than its {file.size:,} bytes; not kept")
        progress(len(block))
        yield block
    if digest.hexdigest() != file.sha256:
        raise RuntimeError(
            f"{file.url}: not the file that it was, its sha256 is {digest.hexdigest()} and not "
            f"{file.sha256}; not kept"
        )


def _received(file: RemoteFile) -> Iterator[bytes]:
    """Yield what the server sends; RuntimeError for what goes wrong there or on the way."""
    opener = urllib.request.build_opener(_SameScheme())
    try:
        with opener.open(file.url, timeout=TIMEOUT) as response:
            while block := response.read(_BLOCK):
                yield block
    except urllib.error.HTTPError as error:
        error.close()
        raise RuntimeError(f"{file.url}: the server answers {error.code} {error.reason}") from error
    except (OSError, HTTPException) as error:
        reason = getattr(error, "reason", None) or error
        raise RuntimeError(
            f"{file.url}: cannot be fetched ({reason}); is there a connection, or a proxy to name "
            "in HTTPS_PROXY?"
        ) from error


class _SameScheme(urllib.request.HTTPRedirectHandler):
    """Follows no redirect to another scheme: what is asked for by https comes by https."""

    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: HTTPMessage,
        newurl: str,
    ) -> Any:
        """As urllib does, but for that."""
        if urlsplit(newurl).scheme != urlsplit(req.full_url).scheme:
            fp.close()
            raise RuntimeError(f"{req.full_url}: redirected to {newurl}, which is refused")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _is_right(path: pathlib.Path, file: RemoteFile) -> bool:
    """Whether a file has the sum that the table names."""
    with path.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest() == file.sha256

"""What the pages tell people to type works, and what they name is there."""

import re

import click
import pytest

from tests.pages import (
    FENCE,
    LANGUAGES,
    NEEDS,
    ROOT,
    Page,
    all_options,
    parse,
    parse_part,
    read_page,
    run_blocks,
)

PAGES = {
    path.stem if path.parent.name == "docs" else "readme": read_page(path)
    for path in [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
    if not path.name.endswith(".template.md")
}
PAGES["index"] = PAGES.pop("README")
EVERY_PAGE = pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
RUNNING = [name for name, page in PAGES.items() if any(block.runs for block in page.blocks)]
OTHERS = {"--index-url", "--constraint", "--nproc_per_node", "--nnodes", "--max-restarts"}
"""Options of pip and torchrun."""


@pytest.mark.slow
@pytest.mark.parametrize("name", RUNNING)
def test_its_blocks_run(name, tmp_path):
    page = PAGES[name]
    folder = run_blocks(page, tmp_path)
    ran = [command for block in page.blocks if block.runs for command in block.commands]
    written = {parse(command).params.get("out") for command in ran} - {None}
    assert [out for out in written if not (folder / str(out)).exists()] == []


def test_most_pages_have_blocks_that_run():
    assert {"readme", "language-models", "word-vectors", "taggers"} <= set(RUNNING)
    assert {"classifiers", "translators", "vision", "architecture", "cells"} <= set(RUNNING)


@EVERY_PAGE
def test_every_block_says_what_it_is(page):
    assert {block.language for block in page.blocks} <= LANGUAGES
    assert {block.needs for block in page.blocks} <= NEEDS | {""}
    assert len(re.findall(r"^ *```", page.text, re.M)) == 2 * len(page.blocks)
    assert "\n\n    " not in FENCE.sub("", page.text)  # code without a fence is code unchecked


@EVERY_PAGE
def test_its_commands_and_options_exist(page):
    whole = [command for block in page.blocks for command in block.commands]
    for command in whole:
        if not command.startswith("seqkit COMMAND"):
            assert parse(command).command is not None
    for command in page.mentioned:
        parse_part(command)


@EVERY_PAGE
def test_options_it_speaks_of_exist(page):
    spoken = {code.split()[0].split("=")[0] for code in page.inline if code.startswith("--")}
    assert spoken - all_options() - OTHERS == set()


@EVERY_PAGE
def test_files_it_speaks_of_exist(page):
    named = {code for code in page.inline if re.fullmatch(r"[\w/]+/\w+\.py", code)}
    places = (ROOT, ROOT / "seqkit")
    assert [name for name in named if not any((place / name).exists() for place in places)] == []


@EVERY_PAGE
def test_its_links_lead_somewhere(page):
    here = (ROOT / page.name).parent
    for link in page.links:
        file, _, anchor = link.partition("#")
        target = here / file if file else ROOT / page.name
        assert target.exists(), link
        if anchor:
            assert anchor in _anchors(target.read_text("utf-8")), link


def _anchors(text):
    """The headings of a page as a forge names them in links."""
    found = re.findall(r"^#+ (.+)$", FENCE.sub("", text), re.M)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in found}


def test_the_index_leads_to_every_page():
    links = {link.partition("#")[0] for link in PAGES["index"].links}
    pages = {path.name for path in (ROOT / "docs").glob("*.md")}
    assert pages - {"README.md", "cells.template.md"} <= links
    assert "../CONTRIBUTING.md" in links


WRONG = "```sh needs=files\nseqkit train-lm x.txt \\\n  --nosuch 1 | seqkit score\n```\n"


def test_what_is_wrong_would_be_found(tmp_path):
    """Wrong options in blocks and in prose; a block that fails."""
    page = Page("x.md", WRONG + "See `seqkit sample --nosuch`.\n")
    (block,) = page.blocks
    assert (block.language, block.needs, block.runs) == ("sh", "files", False)
    with pytest.raises(click.NoSuchOption):
        parse(block.commands[0])
    with pytest.raises(click.NoSuchOption):
        parse_part(page.mentioned[0])
    with pytest.raises(click.MissingParameter):
        parse("seqkit score")
    with pytest.raises(AssertionError, match="there is no nosuch"):
        parse("seqkit nosuch")
    with pytest.raises(AssertionError, match="no-such-file"):
        run_blocks(Page("x.md", "```sh\ncat no-such-file | cat\n```\n"), tmp_path)


def test_blocks_run_in_their_order(tmp_path):
    """Shell and Python in turn, in one folder, each Python program with names of its own."""
    text = "```sh\necho 1 > a\n```\n```python\nb = open('a').read()\nopen('b', 'w').write(b)\n```\n"
    more = "```python\nassert 'b' not in globals()\n```\n```sh\ncat b > c\n```\n"
    folder = run_blocks(Page("x.md", text + more), tmp_path)
    assert (folder / "c").read_text() == "1\n"

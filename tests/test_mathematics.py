"""The table of all equations: each row names code that cites its item, and a test that is there."""

import pathlib
import re

import pytest

ROOT = pathlib.Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "mathematics.md").read_text("utf-8")
ROWS = re.findall(
    r"^\| ([A-Z]\d+'?) \| .* \| \[`(.+)`\]\(\.\./(.+)\) \| \[`(.+)`\]\(\.\./(.+)\) \|$", PAGE, re.M
)
COUNTS = {"T": 4, "C": 8, "L": 5, "W": 6, "G": 4, "N": 7, "O": 10}
"""How many items each letter has, beside C3', a second form of C3."""


@pytest.mark.parametrize("row", ROWS, ids=[row[0] for row in ROWS])
def test_the_code_cites_the_item_and_the_test_is_there(row):
    item, code, code_link, test, test_link = row
    assert (code, test) == (code_link, test_link)
    cited = re.escape(item.removesuffix("'"))  # C3' is written so, or as its class
    assert re.search(rf"\b{cited}\b", (ROOT / code).read_text("utf-8"))
    assert "def test_" in (ROOT / test).read_text("utf-8")


def test_no_item_is_missing():
    wanted = [f"{letter}{n}" for letter, count in COUNTS.items() for n in range(1, count + 1)]
    assert sorted(row[0] for row in ROWS) == sorted([*wanted, "C3'"])

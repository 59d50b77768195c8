"""A sheet with a cell inside the text of another is refused in a sentence."""

import zipfile
from pathlib import Path

import pytest

from segcore.errors import UnreadableFile
from segcore.intake import inspect
from tests.nasty.workbooks import inline_strings

SHEET = "xl/worksheets/sheet1.xml"


def test_a_cell_inside_the_text_of_a_cell_is_refused_as_damaged(tmp_path: Path):
    path = tmp_path / "nested.xlsx"
    inline_strings(path, [["customer", "product"], ["1", "tea"], ["2", "milk"]])
    assert inspect(path).roles.product == "product"  # as it is, it can be read
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    nested = parts[SHEET].replace(b"<t>tea</t>", b'<t><c r="B2"></c>tea</t>')
    assert nested != parts[SHEET]
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in {**parts, SHEET: nested}.items():
            archive.writestr(name, content)
    with pytest.raises(UnreadableFile, match="damaged"):
        inspect(path)

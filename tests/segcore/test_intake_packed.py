"""One table in a zip archive or gzip file is read as if it lay beside it; and no line of a sample stands in it twice."""

import gzip
import io
import zipfile
from pathlib import Path

import pytest

import segcore
from segcore.intake.files import delimited
from segcore.intake.files.delimited import sample_delimited
from segcore.intake.files.sniff import plain_text, sniff
from segcore.intake.files.sources import Origin, fingerprint

LINES = [
    f"c{at % 40:02d},product {at % 7},{1 + at % 3},{at / 4:.2f},2024-01-{1 + at % 28:02d}"
    for at in range(300)
]
TABLE = "\n".join(["customer,product,quantity,amount,date", *LINES, ""])


def zipped(**members: str | bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "/"), content)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("export.csv.gz", gzip.compress(TABLE.encode())),
        ("export.zip", zipped(**{"export.csv": TABLE})),
        ("export.zip", zipped(**{"2024__deep__export.csv": TABLE})),
        (
            "export.zip",
            zipped(**{"export.csv": TABLE, "__MACOSX/._export.csv": b"\0\5\26\7", ".DS_Store": b"\0"}),
        ),
        ("renamed.csv", zipped(**{"export.csv": TABLE})),
        ("export.gz", gzip.compress(TABLE.encode("utf-16"))),
    ],
)
def test_it_is_read_as_if_it_lay_beside_it(name, content):
    plain, packed = segcore.read(("export.csv", TABLE.encode())), segcore.read((name, content))
    assert packed.purchases.digest == plain.purchases.digest
    assert [note.where for note in packed.report.notes if "was unpacked from it" in note.what] == [name]
    assert [file.name for file in packed.report.files] == [name]


def test_a_path_inside_an_archive_writes_nowhere_else(tmp_path):
    hostile = zipped(**{"..__..__..__evil.csv": TABLE})
    before = set(tmp_path.parent.iterdir())
    read = segcore.read(("export.zip", hostile))
    assert len(read.purchases.lines) == 300
    assert set(tmp_path.parent.iterdir()) == before


@pytest.mark.parametrize("kilobytes", [*range(1, 60, 2), 97, 130, 200, 511])
def test_no_line_stands_in_a_sample_twice(tmp_path: Path, monkeypatch, kilobytes):
    """The sizes of head and blocks a thousandth of the real ones, so that every kind of overlap is met."""
    monkeypatch.setattr(delimited, "SAMPLE_HEAD", 10_000)
    monkeypatch.setattr(delimited, "SAMPLE_BLOCK", 1_300)
    path, rows, size = tmp_path / "lines.csv", [], 0
    while size < kilobytes * 1_000:
        rows.append(f"line {len(rows):07d},{'x' * (len(rows) * 37 % 150)}")
        size += len(rows[-1]) + 1
    path.write_text("\n".join(["number,text", *rows]), encoding="utf-8")
    plain = plain_text(path, fingerprint(Origin("lines.csv", path)), tmp_path)
    dialect = sniff(plain)
    table = sample_delimited("lines.csv", plain, dialect)
    number = table.columns[dialect.header.names[0]]
    read = [number.texts[code] for code in number.codes]
    assert len(read) == len(set(read))
    if kilobytes <= 10:
        assert len(read) >= len(rows) - 1
    else:
        assert sum(map(len, read)) >= 100 * 10

"""What a file really is, whatever its name says; and a clear refusal of what cannot be read as a table."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from typing import Literal, NoReturn

from segcore.errors import UnreadableFile
from segcore.language.words import count

Kind = Literal["text", "workbook", "parquet"]
HEAD = 1 << 16
LARGEST_WORKBOOK = 2_000_000_000
LARGEST_RATIO = 150
RATIO_FROM = 50_000_000  # a small workbook may well be one repeated value

_OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ZIP, GZIP = b"PK\x03\x04", b"\x1f\x8b"
_SAVE_AS = "Save it as CSV or XLSX and upload that."
_UNPACK = "Unpack it and upload the file inside."
_OTHER_KINDS = (
    (b"%PDF", "This is a PDF document, not a table.", "Export the purchases as CSV or XLSX instead."),
    (GZIP, "This file is compressed with gzip.", _UNPACK),
    (b"7z\xbc\xaf\x27\x1c", "This is a 7-Zip archive.", _UNPACK),
    (b"Rar!", "This is a RAR archive.", _UNPACK),
    (b"SQLite format 3", "This is a SQLite database.", "Export the purchases from it as CSV."),
    (b"\x89PNG", "This is a picture, not a table.", "Upload the table itself as CSV or XLSX."),
    (b"\xff\xd8\xff", "This is a picture, not a table.", "Upload the table itself as CSV or XLSX."),
    (b"{\\rtf", "This is a text document (RTF), not a table.", _SAVE_AS),
    (b"BZh", "This file is compressed with bzip2.", _UNPACK),
    (b"\xfd7zXZ\0", "This file is compressed with xz.", _UNPACK),
    (b"\x28\xb5\x2f\xfd", "This file is compressed with Zstandard.", _UNPACK),
    (b"\0\1\0\0Standard Jet DB", "This is an Access database.", "Export the purchases from it as CSV."),
    (b"\0\1\0\0Standard ACE DB", "This is an Access database.", "Export the purchases from it as CSV."),
    (b"$FL2@(#)", "This is an SPSS data file.", "Save it as CSV there and upload that."),
    (b"$FL3@(#)", "This is an SPSS data file.", "Save it as CSV there and upload that."),
    (b"<stata_dta>", "This is a Stata data file.", "Save it as CSV there and upload that."),
    (b"\x89HDF", "This is an HDF5 data file.", "Save it as CSV or parquet and upload that."),
    (b"ARROW1", "This is an Arrow or Feather file.", "Save it as parquet or CSV and upload that."),
    (b"\x93NUMPY", "This is a NumPy file without the names of a table.", _SAVE_AS),
    (b"GIF8", "This is a picture, not a table.", "Upload the table itself as CSV or XLSX."),
    (b"MZ", "This is a program, not a table.", "Export the purchases as CSV or XLSX instead."),
    (b"\x7fELF", "This is a program, not a table.", "Export the purchases as CSV or XLSX instead."),
)
_OLD_PICKLE = re.compile(rb"(?:c[\w.]+\n\w+\n|\((?:dp|lp|i[\w.]+\n\w+\n)\d*\n?)[\s\S]*\.\s*$")
_JSON = re.compile(rb"\s*(?:\{\s*[\"}]|\[\s*[\[{\"\d\]])")
_XML = re.compile(rb"\s*<(?:\?xml|!--|[a-z][\w.:-]*(?:\s[^<>]*)?/?>)")
_MAIL = re.compile(
    rb"(?:(?:received|return-path|from|to|subject|date|message-id|mime-version|content-type|x-[\w-]+): [^\n]*\n(?:[ \t][^\n]*\n)*){3}"
)
_PICKLES = tuple(b"\x80" + bytes([version]) for version in range(2, 6))


def kind_of(path: Path, name: str) -> Kind:
    """How this file is to be read.

    Raises
    ------
    UnreadableFile
        When it is empty, locked, cut off, a web page, a zip bomb, or no table at all.
    """
    with path.open("rb") as stream:
        head = stream.read(HEAD)
    if not head.strip(b"\0 \t\r\n\xef\xbb\xbf\xff\xfe"):
        _refuse(name, "This file is empty.", "Export it again and check that it has lines before uploading.")
    if head.startswith(b"PAR1"):
        return "parquet"
    if head.startswith(_OLE2):
        _check_not_locked(path, name)
        return "workbook"
    if head.startswith(b"PK"):
        _check_zip(path, name)
        return "workbook"
    _check_other_kinds(head, name)
    return "text"


def _refuse(name: str, what: str, remedy: str) -> NoReturn:
    raise UnreadableFile(what, where=name, remedy=remedy)


def refuse_locked(name: str) -> NoReturn:
    """A workbook that needs a password."""
    _refuse(
        name,
        "This workbook is locked with a password.",
        "Open it in Excel, save a copy without a password, and upload the copy.",
    )


def refuse_damaged(name: str, what: str = "workbook") -> NoReturn:
    """A workbook, or another packed file, that ends too early or is broken inside."""
    _refuse(
        name,
        f"This {what} is damaged or was cut off while it was copied.",
        "Download or export it again, check that Excel opens it, and upload it again.",
    )


def _check_not_locked(path: Path, name: str) -> None:
    marker = "EncryptedPackage".encode("utf-16-le")
    with path.open("rb") as stream:
        tail = b""
        while block := stream.read(1 << 22):
            if marker in tail + block:
                refuse_locked(name)
            tail = block[-len(marker) :]


def _check_zip(path: Path, name: str) -> None:
    """Read only the zip directory: sizes are refused before anything is unpacked."""
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError):
        refuse_damaged(name)
    names = {entry.filename for entry in entries}
    unpacked = sum(entry.file_size for entry in entries)
    packed = max(1, sum(entry.compress_size for entry in entries))
    if unpacked > LARGEST_WORKBOOK or (unpacked > RATIO_FROM and unpacked > LARGEST_RATIO * packed):
        _refuse(
            name,
            f"This workbook would unpack to {count(unpacked / 1e6)} MB, far more than a table of this file size.",
            "Delete empty rows and formats below the table, or save the sheet as CSV, and upload that.",
        )
    if any(n.startswith("EncryptedPackage") for n in names):
        refuse_locked(name)
    if not ({"[Content_Types].xml", "mimetype"} & names):
        _refuse(name, "This is a zip archive, not a table.", "Unpack it and upload the files inside.")
    if any(n.startswith(("word/", "ppt/")) for n in names):
        _refuse(name, "This is a document or a presentation, not a table.", _SAVE_AS)


def is_office_package(path: Path, name: str) -> bool:
    """Whether a zip archive is a workbook or a document, rather than an archive somebody made.

    Raises
    ------
    UnreadableFile
        When its directory cannot be read.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, OSError):
        refuse_damaged(name)
    package = {"[Content_Types].xml", "mimetype"} & names
    return bool(package) or any(n.startswith("EncryptedPackage") for n in names)


def _check_other_kinds(head: bytes, name: str) -> None:
    for magic, what, remedy in _OTHER_KINDS:
        if head.startswith(magic):
            _refuse(name, what, remedy)
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:2048].lower()
    if start.startswith((b"<!doctype html", b"<html", b"<table", b"<head", b"<meta")) or b"<html" in start:
        _refuse(
            name,
            "This is a web page, whatever its name says; some shop systems export one as .xls.",
            "Open it in Excel, save it as XLSX, and upload that.",
        )
    if _XML.match(start):
        _refuse(
            name, "This is an XML file, not a table.", "Open it in Excel, save it as XLSX, and upload that."
        )
    if _JSON.match(start) and not _is_table_of_brackets(start):
        _refuse(name, "This is a JSON file, not a table.", "Export the purchases as CSV or XLSX instead.")
    if _MAIL.match(start.replace(b"\r\n", b"\n")):
        _refuse(name, "This is an e-mail, not a table.", "Save the file attached to it and upload that.")
    if head[257:262] == b"ustar":
        _refuse(name, "This is a tar archive.", "Unpack it and upload the files inside.")
    if head.startswith(_PICKLES) or _OLD_PICKLE.match(head):
        _refuse(name, "This is a Python pickle, which is never opened because it can run programs.", _SAVE_AS)
    if _is_binary(head):
        _refuse(
            name, "This file holds binary data, not a table.", "Export the purchases as CSV or XLSX instead."
        )


def _is_table_of_brackets(start: bytes) -> bool:
    """A header such as [Customer];[Product] is none of JSON."""
    first = start.split(b"\n", 1)[0]
    return first.count(b"[") == first.count(b"]") > 1 and b":" not in first


def _is_binary(head: bytes) -> bool:
    if head.startswith((b"\xff\xfe", b"\xfe\xff", b"\0\0\xfe\xff")) or looks_utf16(head):
        return False
    # the separators 28 to 31 were made to part columns and rows, and some programs still do so
    controls = sum(head.count(bytes([byte])) for byte in (*range(2, 9), *range(14, 27), 127))
    return controls > len(head) // 100 or head.count(0) > len(head) // 20


def looks_utf16(head: bytes) -> str:
    """The byte order of UTF-16 text without a mark, or "": every second byte of Western text is zero."""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    half = max(1, len(head) // 2)
    if odd > 0.7 * half and even < 0.1 * half:
        return "utf-16-le"
    return "utf-16-be" if even > 0.7 * half and odd < 0.1 * half else ""

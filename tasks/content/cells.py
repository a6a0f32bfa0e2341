"""Single cells of an .xlsx written into the one part that holds their sheet; every other part stays as it was. Pure."""

import io
import zipfile
from collections.abc import Mapping
from typing import Any

from lxml import etree  # type: ignore[import-untyped]
from openpyxl.utils.cell import column_index_from_string, coordinate_from_string, get_column_letter, range_boundaries

from tasks.content.xlsx import inspect_archive, opened

SPACE = "{http://www.w3.org/XML/1998/namespace}space"


def with_cells(data: bytes, title: str, values: Mapping[int, str | int], column: int = 0) -> bytes:
    """The workbook with these values, by row, in one column of a sheet; 0 is the one behind all that hold anything.

    Raises Unusable, LookupError or ValueError where that cannot be done: a formula is never written over.
    """
    inspect_archive(data)
    with opened(data, read_only=True) as book:
        sheet: Any = book[title]
        part = str(sheet._worksheet_path)
    kept = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as archive, zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as new:
        for info in archive.infolist():
            content = archive.read(info)
            new.writestr(info, _written(content, values, column) if info.filename == part else content)
    return kept.getvalue()


def _written(part: bytes, values: Mapping[int, str | int], column: int) -> bytes:
    root = etree.fromstring(part, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False))
    space = f"{{{etree.QName(root).namespace}}}"
    rows = {int(row.get("r", "")): row for row in root.iterfind(f"{space}sheetData/{space}row")}
    column = column or 1 + max(_column(cell) for row in rows.values() for cell in row if len(cell))
    for number, value in values.items():
        _put(_cell(rows[number], number, column, space), value, space)
        rows[number].attrib.pop("spans", None)
    _unmerge(root, space, column, values)
    for size in root.findall(f"{space}dimension"):  # it may be left out, and would now be wrong
        root.remove(size)
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True))


def _column(cell: Any) -> int:
    return column_index_from_string(coordinate_from_string(cell.get("r", ""))[0])


def _cell(row: Any, number: int, column: int, space: str) -> Any:
    """The cell of the row, made in its place where there is none; it looks like its left neighbour."""
    before = [cell for cell in row if _column(cell) <= column]
    if before and _column(before[-1]) == column:
        return before[-1]
    made = etree.Element(f"{space}c", r=f"{get_column_letter(column)}{number}")
    if before and before[-1].get("t") in ("s", "inlineStr") and before[-1].get("s"):
        made.set("s", before[-1].get("s"))
    row.insert(len(before), made)
    return made


def _put(cell: Any, value: str | int, space: str) -> None:
    if cell.find(f"{space}f") is not None:
        raise ValueError("a formula stands there")
    for child in list(cell):
        cell.remove(child)
    cell.attrib.pop("t", None)
    if isinstance(value, int):
        etree.SubElement(cell, f"{space}v").text = str(value)
        return
    cell.set("t", "inlineStr")
    text = etree.SubElement(etree.SubElement(cell, f"{space}is"), f"{space}t")
    text.text = value
    text.set(SPACE, "preserve")


def _unmerge(root: Any, space: str, column: int, values: Mapping[int, str | int]) -> None:
    """Part the ranges that cover a written cell: each row has a № of its own."""
    for merges in root.findall(f"{space}mergeCells"):
        for merge in list(merges):
            left, top, right, bottom = (bound or 0 for bound in range_boundaries(merge.get("ref", "")))
            if left <= column <= right and any(top <= row <= bottom for row in values):
                merges.remove(merge)
        merges.set("count", str(len(merges)))
        if not len(merges):
            root.remove(merges)

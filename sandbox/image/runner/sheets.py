"""Reads one sheet of a spreadsheet: the one of a name, else the first that has rows.

A column is of the type that all its cells have; where they differ, it is text. Rows above the header, such as a title,
are left out.
"""

import datetime
import io
import json
import re
import sys
import time

import pandas
import pyarrow

# Seconds after which it tells how far it is.
QUIET = 0.3
# Rows of a sheet among which its header is.
BEGINNING = 50
DATES = {datetime.datetime, datetime.date}
# Only what is empty is missing: pandas would take NA, the code of a country, for no value, and "007" for 7.
AS_IT_IS = {"dtype": object, "keep_default_na": False, "na_values": [""]}

# How files of Excel before 2007 begin, and those that a password protects.
FORMER = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
FORMULA = rb"<f(?:[^>]*/>|[^>]*>[^<]*</f>)"
HIDDEN = rb'(?=[^>]*\bhidden="(?:1|true)")[^>]*>'
# What the cells alone do not tell. A formula in a file that no spreadsheet program has saved has no value in it.
UNSAID = {
    "unknown": re.compile(rb'<c (?![^>]*t="str")[^>]*>' + FORMULA + rb"(?:<v ?/>|<v></v>)?</c>"),
    "errors": re.compile(rb'<c (?=[^>]*\bt="e")[^>]*>'),
    "hiddenRows": re.compile(rb"<row " + HIDDEN),
    "hiddenColumns": re.compile(rb"<col " + HIDDEN),
    "merged": re.compile(rb'<mergeCell [^>]*ref="([A-Z]+\d+:[A-Z]+\d+)"'),
}
# A match is no longer than this.
LONGEST = 10_000


def load(file: str, wanted: str | None) -> pyarrow.Table:
    """The sheet as a table. Prints what is worth knowing of it as JSON, and raises a ValueError where there is none."""
    table, facts = read(file, wanted)
    print(json.dumps(facts))
    return table


def _check_open(file: str) -> None:
    """A file of Excel's present format that begins like its former one has a password, or a wrong name."""
    with open(file, "rb") as opened:
        is_former = opened.read(8) == FORMER
    if is_former and file.lower().endswith((".xlsx", ".xlsm")):
        raise ValueError("it is protected by a password, or an .xls under another name")


def read(file: str, wanted: str | None) -> tuple[pyarrow.Table, dict]:
    """The table, and what is worth knowing of the sheet."""
    _check_open(file)
    with Watched(file) as watched, pandas.ExcelFile(watched) as book:
        if wanted is not None and wanted not in book.sheet_names:
            raise ValueError(f"it has no sheet {wanted}, only " + ", ".join(book.sheet_names))
        rows = {name: _beginning(book, name) for name in book.sheet_names}
        full = [name for name in book.sheet_names if sum(map(bool, rows[name])) > 1]
        seen = [name for name in full if not _is_hidden(book, name)]
        name = wanted if wanted is not None else (seen + full + book.sheet_names)[0]
        above = _above_header(rows[name])
        watched.watch()
        frame = book.parse(name, skiprows=above, **AS_IT_IS)
        facts = _unsaid(book, name, above + 1, frame.shape[1])
    if frame.shape[1] == 0:
        raise ValueError("it is empty" if wanted is None else f"the sheet {wanted} is empty")
    names = [re.sub(r"^Unnamed: (\d+)$", r"column\1", str(label)) for label in frame.columns]
    columns = [[None if pandas.isna(value) else value for value in frame.iloc[:, at]] for at in range(len(names))]
    mixed = [(name, text) for name, text in zip(names, map(_mixture, columns)) if text is not None]
    others = [other for other in full if other != name]
    table = pyarrow.table(list(map(_column, columns)), names=names)
    return table, {"sheet": name, "others": others, "above": above, "mixed": mixed, **facts}


class Watched(io.FileIO):
    """A file that tells, where reading it takes long, how much of it is read: a fraction on a line of stderr."""

    size, began, told = 1, None, 0

    def watch(self) -> None:
        self.size, self.began = self.seek(0, io.SEEK_END) or 1, time.monotonic()

    def read(self, *amount):
        done = self.tell() / self.size
        if self.began is not None and time.monotonic() - self.began > QUIET and done > self.told + 0.01:
            self.told = done
            print(f"{done:.2f}", file=sys.stderr, flush=True)
        return super().read(*amount)


def _beginning(book, name: str) -> list[list]:
    """The filled cells of the first rows."""
    rows = book.parse(name, header=None, nrows=BEGINNING, **AS_IT_IS).values.tolist()
    return [[cell for cell in row if not pandas.isna(cell)] for row in rows]


def _is_excel(book) -> bool:
    """Whether it is a file of Excel's own, which tells more."""
    return hasattr(book.book, "_archive")


def _is_hidden(book, name: str) -> bool:
    return _is_excel(book) and book.book[name].sheet_state != "visible"


def _above_header(rows: list[list]) -> int:
    """How many rows fill no more than one cell, where names follow."""
    for at, cells in enumerate(rows):
        if len(cells) > 1:
            return at if all(isinstance(cell, str) for cell in cells) else 0
    return 0


def _kind_of(values: list) -> pyarrow.DataType:
    kinds = {type(value) for value in values}
    if kinds == {bool}:
        return pyarrow.bool_()
    if kinds == {int} and all(-(2**63) <= value < 2**63 for value in values):
        return pyarrow.int64()
    if kinds and kinds <= {int, float}:
        return pyarrow.float64()
    if kinds and kinds <= DATES:
        days = all(getattr(value, "time", datetime.time)() == datetime.time() for value in values)
        return pyarrow.date32() if days else pyarrow.timestamp("us")
    return pyarrow.time64("us") if kinds == {datetime.time} else pyarrow.string()


def _column(values: list) -> pyarrow.Array:
    kind = _kind_of([value for value in values if value is not None])
    if kind in (pyarrow.string(), pyarrow.float64()):
        convert = str if kind == pyarrow.string() else float
        values = [None if value is None else convert(value) for value in values]
    return pyarrow.array(values, kind)


def _mixture(values: list) -> str | None:
    """The first text of a column that has more that is none."""
    values = [value for value in values if value is not None]
    texts = [value for value in values if type(value) is str]
    return texts[0] if 0 < len(texts) < len(values) / 2 else None


def _unsaid(book, name: str, header: int, width: int) -> dict:
    """What the file itself tells of a sheet, whose header is the row of that number."""
    if not _is_excel(book):
        return {}
    found, before = {what: [] for what in UNSAID}, b""
    with book.book[name]._get_source() as source:
        while block := source.read(1 << 20):
            text = before + block
            for what, pattern in UNSAID.items():
                new = (match for match in pattern.finditer(text) if match.end() > len(before))
                found[what] += [match[match.lastindex or 0].decode() for match in new]
            before = text[-LONGEST:]
    below = [area for area in found.pop("merged") if int(re.search(r"\d+$", area)[0]) > header]
    below.sort(key=lambda area: int(re.search(r"\d+", area)[0]))
    hidden = sum(_width(column, width) for column in found.pop("hiddenColumns"))
    return {what: len(all) for what, all in found.items()} | {"hiddenColumns": hidden, "merged": below}


def _width(column: str, most: int) -> int:
    """How many columns a `<col>` speaks of. What is hidden to the end of the sheet holds nothing."""
    bounds = dict(re.findall(r'(min|max)="(\d+)"', column))
    return len(range(int(bounds["min"]), min(int(bounds["max"]), most) + 1))

"""Tables as people really bring them: each kind with the numbers that it says, and what was guessed."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from pages.train.upload import chosen, read_table

_ = math.nan
A, B, Y = [78.9, 118.1, 51.3, 149.2, 50.3, 68.9], [2, 1, 5, 2, 4, 5], [165.84, 236.03, 181.45, 332.89, 169.15, 194.58]


def made(line: str, head: str = "", sep: str = "\n") -> str:
    """Return a table with A, B and Y put into a line as a, b and y, k counting from 0."""
    return head + "".join(
        line.format(a=a, b=b, y=y, k=k) + sep for k, (a, b, y) in enumerate(zip(A, B, Y, strict=True))
    )


def changed(text: str, *pairs: str) -> str:
    """Return the text with each pair's first, once, replaced by its second."""
    for old, new in zip(pairs[::2], pairs[1::2], strict=True):
        text = text.replace(old, new, 1)
    return text


def hole(values: list[Any], *places: int) -> list[Any]:
    return [_ if k in places else value for k, value in enumerate(values)]


PLAIN = made("{a},{b},{y}", "a,b,y\n")
ABY = {"a": A, "b": B, "y": Y}
NAMELESS = {"column 1": A, "column 2": B, "column 3": Y}
GERMAN = made("{a};{b};{y}", "a;b;y\n").replace(".", ",")

# Text, columns, a number that belongs to the first row, and parts of what is said: of each an own note.
CASES: dict[str, tuple[str | bytes, dict[str, list[Any]], int, list[str]]] = {
    # names or none
    "text first, no names": (
        made("{b}M,{a},{b},{y}"),
        {"column 2": A, "column 3": B, "column 4": Y},
        1,
        ["Row 1 is read as data", "“2M” in row 1"],
    ),
    "? in row 1, no names": (
        changed(made("{a},{b},{y}"), ",2,", ",?,"),
        {**NAMELESS, "column 2": hole(B, 0)},
        1,
        ["Row 1 is read as data", "“?”"],
    ),
    "NA in row 1, no names": (
        changed(made("{a},{b},{y}"), ",2,", ",NA,"),
        {**NAMELESS, "column 2": hole(B, 0)},
        1,
        ["Row 1 is read", "“NA”"],
    ),
    "bool first, no names": (
        made("True,{a},{y}").replace("True", "False", 2),
        {"column 1": [0, 0, 1, 1, 1, 1], "column 2": A, "column 3": Y},
        1,
        ["Row 1 is read as data", "False is read as 0"],
    ),
    "years as names": (
        made("L{k},{a},{y}", "Country,2019,2020\n"),
        {"2019": A, "2020": Y},
        2,
        ["names of the columns: “Country”, “2019”", "L0"],
    ),
    "one name is a year": (
        made("L{k},{y},{b}", "Country,2015,Year\n"),
        {"2015": Y, "Year": B},
        2,
        ["names of the columns", "“L0”"],
    ),
    "some names missing": (made("{a},{b},{y}", "a,,\n"), {"a": A, "column 2": B, "column 3": Y}, 2, []),
    "names twice": (made("{a},{b},{y}", "a,a,y\n"), {"a": A, "a (2)": B, "y": Y}, 2, []),
    "units under the names": (
        made("{a},{b},{y}", "a,b,y\n(s),(V),(A)\n"),
        ABY,
        3,
        ["Row 2 has no number under the names, but “(s)”"],
    ),
    "units and a text column": (
        made("L{k};{a};{y}", "city;t;p\n;°C;hPa\n"),
        {"t": A, "p": Y},
        3,
        ["semicolons", "Row 2 has no number", "“L0”"],
    ),
    "nothing known in the first row": (
        made("{a},{b},{y}", "a,b,y\n?,?,?\n1,?,?\n"),
        {"a": [1, *A], "b": [_, *B], "y": [_, *Y]},
        3,
        ["“?”: read as empty"],
    ),
    "quoted names of two lines": (made("{a},{b},{y}", '"a\nin m",b,y\n'), {"a in m": A, "b": B, "y": Y}, 2, []),
    # rows above, and rows that are none
    "comments above": (
        made("{a},{b},{y}", "# Station 4711\n# by hand, in May\n#\na,b,y\n"),
        ABY,
        5,
        ["All up to row 3 stands"],
    ),
    "names in a comment": (
        made("{a} {b} {y}", "# monthly\n# a b y\n"),
        ABY,
        3,
        ["spaces", "All up to row 1 stands", "“a”, “b”, “y”"],
    ),
    "np.savetxt": (
        made("{a},{b},{y}", "# a,b,y\n"),
        ABY,
        2,
        ["Row 1 is read as the names of the columns: “a”, “b”, “y”."],
    ),
    "sep=;": ("sep=;\n" + GERMAN, ABY, 3, ["semicolons", "78,9 is read as 78.9; likewise in 1 more."]),
    "sep=: and no other": (made("{a}:{b}:{y}", "sep=:\na:b:y\n"), ABY, 3, ["Read with : between"]),
    "titles above": ("Sales report\nYear 2024\n\n" + PLAIN, ABY, 5, ["All up to row 3 stands above the table"]),
    "titles above, with delimiters": ("Sales report,,\nYear 2024,,\n,,\n" + PLAIN, ABY, 5, ["All up to row 3 stands"]),
    "World Bank": (
        made(
            '"Land {k}","L{k}","{a}","{y}",',
            '"Data Source","Invented",\n\n"Updated","2024-02-21",\n\n"Name","Code","2019","2020",\n',
        ),
        {"2019": A, "2020": Y},
        6,
        ["up to row 4", "Row 5 is read as the names", "“Land 0”", "“L0”"],
    ),
    "notes below": (
        PLAIN + "\nSource: invented\nNote: made up, too\n",
        {"a": [*A, _], "b": [*B, _], "y": [*Y, _]},
        2,
        ["row 9, “Source: invented”", "“Note: made up” in row 10", "“too” in row 10"],
    ),
    "more notes than rows": (
        PLAIN + "".join(f"Note {k}: made up\n" for k in range(8)),
        ABY,
        2,
        ["Rows without a number are left out: 8, the first is row 8"],
    ),
    "no names, blank rows first": (
        b"78.9,2\n\n118.1,1\n",
        {"column 1": A[:2], "column 2": B[:2]},
        1,
        ["Row 1 is read as data"],
    ),
    "a title, a blank row, no names": (
        b"Report\n\n78.9,2\n118.1,1\n",
        {"column 1": A[:2], "column 2": B[:2]},
        3,
        ["All up to row 2 stands", "Row 3 is read as data"],
    ),
    "blank rows": (PLAIN.replace("\n", "\n\n"), ABY, 3, []),
    "rows of delimiters only": (PLAIN + ",,\n,,\n", ABY, 2, []),
    # what stands between the cells
    "delimiter at the end of each row": (made("{a},{b},{y},", "a,b,y\n"), ABY, 2, []),
    "delimiter at the end of names as well": (made("{a};{b};{y};", "a;b;y;\n"), ABY, 2, ["semicolons"]),
    "blanks and words": (made("  {a}   male {b}   {y} ", "a   sex b  y\n"), ABY, 2, ["spaces", "“male”"]),
    "blanks, words first": (
        made("S{k}_X  {a}  {b}  {y}  im"),
        {"column 2": A, "column 3": B, "column 4": Y},
        1,
        ["spaces", "Row 1 is read as data", "S0_X", "im"],
    ),
    "auto-mpg": (
        changed(made('{a}   {b}   {y}\t"maker model {k}"'), " 5 ", " ? "),
        {**NAMELESS, "column 2": hole(B, 2)},
        1,
        ["spaces", "Row 1", "“maker model 0”", "“?”: read as empty; the first is in row 3"],
    ),
    "R's write.table": (
        made('"{k}" {a} {b} {y}', '"a" "b" "y"\n'),
        ABY,
        2,
        ["spaces", "Row 1 names 3 columns, below there are 4"],
    ),
    "R's row names": (made('"row {k}",{a},{b},{y}', "a,b,y\n"), ABY, 2, ["Row 1 names 3 columns"]),
    "bars and blanks": (made("{a} | {b} | {y}", "a | b | y\n"), ABY, 2, ["Read with | between"]),
    "tabs and blanks within": (made("New York\t{a}\t{y}", "city\ta\ty\n"), {"a": A, "y": Y}, 2, ["tabs", "“New York”"]),
    "commas in quoted words": (made('"Rome, Italy",{a},{y}', "city,a,y\n"), {"a": A, "y": Y}, 2, ["“Rome, Italy”"]),
    "line breaks in quotes": (made('"x\ny",{a},{y}', "city,a,y\n"), {"a": A, "y": Y}, 2, ["“x\ny” in row 2"]),
    "dates": (
        made("{b}.3.2024;{a};{y}", "d;a;y\n"),
        {"a": A, "y": Y},
        2,
        ["semicolons", "“2.3.2024” in row 2 is not a number"],
    ),
    "hexadecimal ids": (made("0x{k}F,{a},{y}", "id,a,y\n"), {"a": A, "y": Y}, 2, ["“0x0F” in row 2 is not a number"]),
    # decimal signs and thousands
    "decimal commas": (GERMAN, ABY, 2, ["semicolons", "“a”: 78,9 is read as 78.9; likewise in 1 more."]),
    "thousands by commas, proved": (
        made("{b},578,000;165,84{k}", "people;houses\n"),
        {"people": [b * 1e6 + 578000 for b in B], "houses": [165840 + k for k in range(6)]},
        2,
        ["semicolons", "2,578,000 is read as 2578000", "165,840 is read as 165840."],
    ),
    "thousands by points, doubtful": (
        made("{b}8.900;{b}65", "Einwohner;Flaeche\n"),
        {"Einwohner": [b * 10 + 8.9 for b in B], "Flaeche": [b * 100 + 65 for b in B]},
        2,
        ["semicolons", "“Einwohner”: 28.900 is read as 28.9, but may be meant as 28900."],
    ),
    "thousands by points, beside commas": (
        made("{b}8.900;{b},5", "n;x\n"),
        {"n": [b * 10000 + 8900 for b in B], "x": [b + 0.5 for b in B]},
        2,
        ["semicolons", "28.900 is read as 28900.", "2,5 is read as 2.5."],
    ),
    "thousands by commas, between commas": (
        made('"{b},500",{a}', "n,x\n"),
        {"n": [b * 1000 + 500 for b in B], "x": A},
        2,
        ["“n”: 2,500 is read as 2500."],
    ),
    "16,584.00": (
        made('"{b}6,584.00"\t{k}1', "n\tx\n"),
        {"n": [b * 10000 + 6584 for b in B], "x": [1, 11, 21, 31, 41, 51]},
        2,
        ["tabs", "26,584.00 is read as 26584."],
    ),
    "1,234.5 between semicolons": (
        made("{b},234.5;{y}", "n;y\n"),
        {"n": [b * 1000 + 234.5 for b in B], "y": Y},
        2,
        ["semicolons", "2,234.5 is read as 2234.5."],
    ),
    "lists in quotes": (
        made('"2,14",{a},{y}', "genre,a,y\n").replace("2,14", "2,13", 1),
        {"genre": [2.13] + 5 * [2.14], "a": A, "y": Y},
        2,
        ["2,13 is read as 2.13", "“genre” has decimal commas, other columns have points"],
    ),
    "1 234,5 with blanks of three kinds": (
        "a;b;c;y\n" + "".join(f"{b} 234,5;{b}\u00a0234,5;{b}\u202f234,5;{b},{k}\n" for k, b in enumerate(B)),
        {n: [b * 1000 + 234.5 for b in B] for n in "abc"} | {"y": [b + k / 10 for k, b in enumerate(B)]},
        2,
        ["semicolons", "“a”: 2 234,5 is read as 2234.5.", "“b”", "“c”", "“y”"],
    ),
    "Swiss": (
        made("{b}'234.50;{y}", "n;y\n"),
        {"n": [b * 1000 + 234.5 for b in B], "y": Y},
        2,
        ["semicolons", "2'234.50 is read as 2234.5."],
    ),
    # signs, money, per cent
    "U+2212 and decimal commas": (
        GERMAN.replace("\n", "\n−")[:-1],
        {**ABY, "a": [-a for a in A]},
        2,
        ["semicolons", "−78,9 is read as −78.9.", "“y”"],
    ),
    "brackets for minus": (
        made('"({b},234)",{a},{y}', "n,a,y\n"),
        {"n": [-1000 * b - 234 for b in B], "a": A, "y": Y},
        2,
        ["(2,234) is read as −2234."],
    ),
    "plus and powers": (made("+{b},{b}e3,{y}", "a,b,y\n"), {"a": B, "b": [1000 * b for b in B], "y": Y}, 2, []),
    "per cent": (made("{a},{b}%,{y}", "a,b,y\n"), {**ABY, "b": [b / 100 for b in B]}, 2, ["“b”: 2% is read as 0.02."]),
    "12,5 %": (
        made("{b},5 %;{b}", "a;y\n"),
        {"a": [b / 100 + 0.005 for b in B], "y": B},
        2,
        ["semicolons", "2,5 % is read as 0.025."],
    ),
    "dollars": (
        made('"${b}65,840",{a}', "p,a\n"),
        {"p": [100000 * b + 65840 for b in B], "a": A},
        2,
        ["“p”: $265,840 is read as 265840."],
    ),
    "1.234,50 €": (
        made("{b}.234,50 €;{b},{k}", "p;y\n"),
        {"p": [1000 * b + 234.5 for b in B], "y": [b + k / 10 for k, b in enumerate(B)]},
        2,
        ["semicolons", "2.234,50 € is read as 2234.5.", "“y”"],
    ),
    "codes of money": (made("EUR {a},{b} USD,{y}", "a,b,y\n"), ABY, 2, ["EUR 78.9 is read", "2 USD is read as 2"]),
    # no value
    **{
        f"{mark!r} for no value": (
            changed(PLAIN, ",5,", f",{mark},"),
            {**ABY, "b": hole(B, 2)},
            2,
            [f"“{mark}”: read as empty; the first is in row 4, column “b”."],
        )
        for mark in (
            "?",
            ".",
            "..",
            "-",
            "−",
            "---",
            "n/a",
            "N.A.",
            "na",
            "NULL",
            "None",
            "nan",
            "#N/A",
            "#DIV/0!",
            "missing",
            "k.A.",
            ":",
            "…",
            "\\N",
        )
    },
    "nothing for no value": (changed(PLAIN, ",5,", ",,"), {**ABY, "b": hole(B, 2)}, 2, []),
    "one bad cell": (
        changed(PLAIN, ",5,", ",five,"),
        {**ABY, "b": hole(B, 2)},
        2,
        ["“b”: “five” in row 4 is not a number; it counts as an empty cell."],
    ),
    "two bad cells": (
        changed(PLAIN, ",5,", ",five,", ",4,", ",4x,"),
        {**ABY, "b": hole(B, 2, 4)},
        2,
        ["“five” in row 4 is not a number, the first of 2;"],
    ),
    "no value, true and false": (
        made("True,{a},{y}", "b,a,y\n").replace("True", "?", 1).replace("True", "false", 1),
        {"b": [_, 0, 1, 1, 1, 1], "a": A, "y": Y},
        2,
        ["“?”", "false is read as 0"],
    ),
    # numbers of the rows
    "pandas' index": (
        made("{k},{a},{b},{y}", ",a,b,y\n"),
        {"column 1": [*range(6)], **ABY},
        2,
        ["“column 1” looks like the number of the row"],
    ),
    "an index out of turn": (
        made("9{y},{a},{b}", ",a,b\n").replace(".", ""),
        {"column 1": [int(f"9{y}".replace(".", "")) for y in Y], "a": [int(10 * a + 0.5) for a in A], "b": B},
        2,
        ["“column 1” looks like"],
    ),
    # all at once, and encodings
    "everything German": (
        (
            "\ufeff# Messung 7\n\nOrt;Länge;Preis;Anteil\n;m;€;%\n"
            + "".join(f"Ort {k};−{b}.234,5;{b},90 €;{b},5 %\n" for k, b in enumerate(B))
        ).encode(),
        {
            "Länge": [-1000 * b - 234.5 for b in B],
            "Preis": [b + 0.9 for b in B],
            "Anteil": [b / 100 + 0.005 for b in B],
        },
        5,
        [
            "semicolons",
            "All up to row 2 stands",
            "Row 4 has no number under the names, but “m”",
            "“Ort 0” in row 5",
            "−2.234,5 is read as −2234.5.",
            "2,90 € is",
            "2,5 % is",
        ],
    ),
    "UTF-16": (PLAIN.encode("utf-16"), ABY, 2, []),
    "old ends of lines": (PLAIN.replace("\n", "\r"), ABY, 2, []),
    **{
        f"{said} {names}": (
            (f"{names}\n" + made("{a},{b},{y}")).encode(code),
            dict(zip(names.split(","), (A, B, Y), strict=True)),
            2,
            [f"names are read as {said}."],
        )
        for code, said, names in (
            ("big5", "Big5", "縣市人口,面積,銷售額"),
            ("gb18030", "GB 18030", "编号,长度,宽度"),
            ("cp932", "Shift-JIS", "気温,湿度,売上"),
            ("cp949", "EUC-KR", "기온,습도,판매량"),
            ("gb18030", "GB 18030", "身高,体重,胆固醇"),
            ("cp1251", "Windows 1251", "Возраст,Доход,Цена"),
            ("cp1252", "Latin 1", "T in °C,Fläche in m²,été"),
        )
    },
}


@pytest.mark.parametrize(("text", "columns", "first", "said"), CASES.values(), ids=CASES.keys())
def test_a_table_is_read_as_its_maker_meant_it(
    text: str | bytes, columns: dict[str, list[Any]], first: int, said: list[str]
) -> None:
    table = read_table(text if isinstance(text, bytes) else text.encode(), "t")
    assert list(table.columns) == list(columns)
    for name, values in columns.items():
        np.testing.assert_allclose(table.columns[name], values, rtol=1e-15, err_msg=name)
    assert table.rows[0] == first
    assert len(table.notes) == len(said), table.notes
    for note, part in zip(table.notes, said, strict=True):
        assert part in note
    target, features = table.suggestion()
    assert len(chosen(table, target, features)[0].y) >= 2

"""A reader's own table: every file that people really bring is read, or answered with a sentence that helps."""

from __future__ import annotations

from time import thread_time

import numpy as np
import pytest

from pages.train.cells import numbers
from pages.train.names import unique
from pages.train.notes import UnreadableError
from pages.train.upload import MOST_CELLS, MOST_COLUMNS, MOST_FEATURES, chosen, read_table

TABLE = b"a,b,y\n1,2,3\n4,5,6\n7,9,9\n"


def test_a_plain_table_is_read_as_it_stands() -> None:
    table = read_table(TABLE, "t")
    assert {name: values.tolist() for name, values in table.columns.items()} == {
        "a": [1, 4, 7],
        "b": [2, 5, 9],
        "y": [3, 6, 9],
    }
    assert table.suggestion() == ("y", ["a", "b"])
    assert table.notes == ()
    data, notes = chosen(table, "y", ["a", "b"])
    assert data.X.tolist() == [[1, 2], [4, 5], [7, 9]]
    assert (data.y.tolist(), data.names, data.target, notes) == ([3, 6, 9], ("a", "b"), "y", [])


@pytest.mark.parametrize(
    "content",
    [
        b"a;b;y\n1,5;2;3\n4;5,25;6\n",
        b"a\tb\ty\n1.5\t2\t3\n4\t5.25\t6\n",
        b"a|b|y\n1.5|2|3\n4|5.25|6\n",
        b"a b y\n1.5 2 3\n4 5.25 6\n",
        b'"a","b","y"\r\n"1.5","2","3"\r\n"4","5.25","6"\r\n',
        "a,b,y\n1.5,2,3\n4,5.25,6\n".encode("utf-8-sig"),
        "a,b,y\n1.5,2,3\n4,5.25,6\n".encode("utf-16"),
        b"\n\na,b,y\n1.5,2,3\n\n4,5.25,6\n\n",
    ],
)
def test_other_delimiters_quotes_and_encodings_say_the_same(content: bytes) -> None:
    table = read_table(content, "t")
    assert {name: values.tolist() for name, values in table.columns.items()} == {
        "a": [1.5, 4],
        "b": [2, 5.25],
        "y": [3, 6],
    }


def test_chinese_names_and_latin_ones_survive_their_old_encodings() -> None:
    assert list(read_table("身高,体重\n1,2\n2,3\n".encode("gb18030"), "t").columns) == ["身高", "体重"]
    assert list(read_table("Größe,y\n1,2\n2,3\n".encode("latin-1"), "t").columns)[1] == "y"


@pytest.mark.parametrize(
    ("names", "encoding", "said"),
    [
        ("größe,b", "latin-1", "Latin 1"),
        ("Größe;año;été", "latin-1", "Latin 1"),
        ("preis €,maß", "cp1252", "Latin 1"),
        ("fläche m²,größe", "latin-1", "Latin 1"),
        ("GRÖSSE,ÜBER", "latin-1", "Latin 1"),
        ("身高,体重", "gb18030", "GB 18030"),
        ("身高（cm）,睾酮", "gb18030", "GB 18030"),
        ("年龄,胆固醇,血糖", "gb18030", "GB 18030"),
        ("größe,b", "utf-8", ""),
        ("身高,体重", "utf-16", ""),
    ],
)
def test_names_are_read_in_their_encoding_and_an_old_one_is_said(names: str, encoding: str, said: str) -> None:
    mark = ";" if ";" in names else ","
    n = names.count(mark) + 1
    rows = "\n".join(mark.join(str(i * k % 7) for k in range(1, n + 1)) for i in range(5))
    table = read_table(f"{names}\n{rows}\n".encode(encoding), "t")
    assert list(table.columns) == names.split(mark)
    sentence = f"This is not UTF-8: names are read as {said}. If they look wrong, save the file as UTF-8."
    assert (sentence in table.notes) == bool(said)


@pytest.mark.parametrize(
    "content",
    [
        'a;b\n"1,5";"2,5"\n"2";"-3,25"\n',
        "a;b\n+1,5;2,5\n2;-3,25\n",
        "a;b\n1,5e0;25e-1\n2;-,325e1\n",
        "a\tb\n1,5\t2,5\n2\t-3,25\n",
        'a,b\n"1,5","2,5"\n2,"-3,25"\n',
        "a|b\n1,5|2,5\n2|-3,25\n",
        "a b\n1,5 2,5\n2 -3,25\n",
        "a, in m;b, in m\n1,5;2,5\n2;-3,25\n",
        '"a\nin m";b\r\n1,5;2,5\r\n2;-3,25\r\n',
    ],
)
def test_decimal_commas_are_read_between_all_delimiters_and_said(content: str) -> None:
    table = read_table(content.encode(), "t")
    assert [values.tolist() for values in table.columns.values()] == [[1.5, 2], [2.5, -3.25]]
    assert any(" is read as " in note for note in table.notes)


def test_decimal_commas_without_names_and_thousandths_between_semicolons() -> None:
    assert read_table(b"1,5;2,5\n2,5;3,5\n", "t").columns["column 2"].tolist() == [2.5, 3.5]
    table = read_table(b"a;b\n1,234;3\n2,345;4\n", "t")
    assert table.columns["a"].tolist() == [1.234, 2.345]
    assert table.notes[-1] == "“a”: 1,234 is read as 1.234, but may be meant as 1234."


def test_names_of_all_kinds_are_one_line_each_and_never_the_same() -> None:
    assert list(read_table(b'"size\nin m",b\n1,2\n2,5\n', "t").columns) == ["size in m", "b"]
    assert list(read_table(b'a ,a,a (2)," ",Unnamed: 4\n1,2,3,4,5\n2,3,4,5,7\n', "t").columns) == [
        "a", "a (2)", "a (2) (2)", "column 4", "column 5",
    ]  # fmt: skip
    long = read_table(b"%b,%b\n1,2\n2,5\n" % (b"x" * 3000, b"x" * 3001), "t")
    assert list(long.columns) == ["x" * 80, "x" * 80 + " (2)"]
    assert list(read_table(b" \na,b\n1,2\n2,5\n", "t").columns) == ["a", "b"]
    assert read_table(b"\r\ra,b,c\r1,2,3\r2,x,4\r", "t").notes == ("“b” is left out: “x” in row 5 is not a number.",)


def test_a_name_may_begin_as_another_format_does() -> None:
    assert list(read_table(b"<18,{a}\n1,2\n2,3\n", "t").columns) == ["<18", "{a}"]
    assert list(read_table(b"{a},[b]\n1,2\n2,3\n", "t").columns) == ["{a}", "[b]"]


def test_true_and_false_are_1_and_0() -> None:
    table = read_table(b"a;y;z\nTrue;1,5;TRUE\nFalse;2;\nTrue;3;FALSE\n", "t")
    assert table.columns["a"].tolist() == [1, 0, 1]
    assert table.columns["z"][[0, 2]].tolist() == [1, 0]


def test_a_suggestion_has_a_feature_though_all_are_mostly_empty() -> None:
    table = read_table(b"a,b,y\n,1,1\n,,2\n,,3\n,,3\n,,3\n1,2,4\n2,3,5\n", "t")
    assert table.suggestion() == ("y", ["b"])
    assert len(chosen(table, *table.suggestion())[0].y) == 3


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The file is empty. Save the table as CSV, its column names in row 1."),
        (b" \n\n", "The file is empty."),
        (b"\xef\xbb\xbf\n", "The file is empty."),
        (b",,\n", "The file is empty."),
        (b"\xff\xfe", "The file is empty."),
        (b"sep=;\n", "The file is empty."),
        (b"PK\x03\x04 workbook", "This is a file of the kind Excel, not CSV. Open it where it was made"),
        (b"%PDF-1.7", "of the kind PDF"),
        (b"<html><body>", "of the kind HTML"),
        (b'{"a": 1}', "of the kind JSON"),
        (b'[ {\n"a": 1, "b": 2}]', "of the kind JSON"),
        (b"<!doctype html>", "of the kind HTML"),
        (b"ab\0cd", "This is not a text file: byte 3 is no letter."),
        (bytes(range(1, 256)) * 9, "This is not a text file: byte 1 is no letter."),
        (b"just a sentence", "Row 1 is one cell, “just a sentence”"),
        (b"a:b\n1:2\n", "Row 1 is one cell, “a:b”."),
        (b"a,b\n1,2\n3,4,5\n", "Row 3 has 3 cells, the table has 2 columns."),
        (b"a,b\n1,2,3,4\n4,5,6,7\n5,6\n1,2\n1,3\n", "Row 2 has 4 cells, the table has 2 columns."),
        (b"a,b\n" + b"1,2\n" * 30_000 + b"1,2,3\n", "Row 30002 has 3 cells, the table has 2 columns."),
        (b'a,b\n1,2\n3,"4\n5,6\n', "A quotation mark is opened in row 3 and never closed."),
        (b"a,b\n", "Rows of data: 0. A line needs at least 2."),
        (b"a,b\n1,2\n", "Rows of data: 1. A line needs at least 2."),
        (b"a,b\nx,1\ny,2\n", "“a” is left out: “x” in row 2 is not a number, the first of 2."),
        (b"a,b\n1,inf\n2,3\n", "“b” is left out: “inf” in row 2 is not a finite number within ±10¹⁵⁰."),
        (b"a,b\n1,2\n3,1e200\n", "“b” is left out: “1e200” in row 3 is not a finite number within ±10¹⁵⁰."),
        (b"a,b\n1,2\n3,-1e400\n", "“b” is left out: “-1e400” in row 3 is not a finite number within ±10¹⁵⁰."),
        (b"a,b\n1,2\n\n3," + b"9" * 400, "“b” is left out: “" + "9" * 29 + "…” in row 4 is not a finite number within"),
        (b"a,b\n1,2\nx," + b"9" * 5000, "“b” is left out: “" + "9" * 29 + "…” in row 3 is not a finite number"),
        (b"1,2\n3," + b"9" * 400, "“column 2” is left out: “" + "9" * 29 + "…” in row 2 is not a finite number"),
        (b"a,b\n1,1_000\n2,3\n", "“1_000” in row 2 is not a number. Columns of numbers that vary: 1."),
        (b"a;b\n1,5;3,5\n2,25;x\n", "“b” is left out: “x” in row 3 is not a number."),
        (b"a,b\n1,1.2.2020\n2,3\n", "“1.2.2020” in row 2 is not a number. Columns of numbers that vary: 1"),
        (b"a,b\n1,2\n2,2\n3,2\n", "“b” is 2 in every row: it tells the rows apart in nothing. Leave it out. "
         "Columns of numbers that vary: 1. A target and a feature need 2."),
        (b"a,b\n1,2\n1,2\n", "“a” is 1 in every row: it tells the rows apart in nothing. Leave it out. “b” is 2 in"),
        (b'"just\na sentence"\n1\n', "Row 1 is one cell"),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_answered_with_the_place(content: bytes, sentence: str) -> None:
    with pytest.raises(UnreadableError) as caught:
        read_table(content, "t")
    assert sentence in str(caught.value)


def test_text_empty_and_constant_columns_are_named_and_the_numbers_still_work() -> None:
    table = read_table(b"city,a,nothing,k,y\nRome,1,,7,2\nBonn,2,,7,4\nLima,3,,7,6\n", "t")
    assert list(table.columns) == ["a", "k", "y"]
    assert table.notes == (
        "“city” is left out: “Rome” in row 2 is not a number, the first of 3.",
        "“nothing” holds no value and is left out.",
        "“k” is 7 in every row: it tells the rows apart in nothing. Leave it out.",
    )
    assert table.suggestion() == ("y", ["a"])
    assert "“k” is 7 in every row" in chosen(table, "y", ["a", "k"])[1][0]
    assert chosen(table, "k", ["a"])[1] == ["“k” is 7 in every row: the intercept alone predicts it."]


def test_rows_with_empty_cells_are_left_out_and_named() -> None:
    table = read_table(b"a,b,y\n1,,3\n2,5,4\n3,6,NA\n4,7,8\n5,1,2\n6,2,2\n", "t")
    data, notes = chosen(table, "y", ["a", "b"])
    assert data.X[:, 0].tolist() == [2, 4, 5, 6]
    assert notes == ["Left out for an empty cell: 2 of 6 rows, the first is row 2; “b” is empty in 1."]
    assert len(chosen(table, "y", ["a"])[0].y) == 5


def test_blank_lines_do_not_shift_the_row_numbers() -> None:
    table = read_table(b"\na,b,c\n1,2,3\n\n3,x,5\n", "t")
    assert table.notes == ("“b” is left out: “x” in row 5 is not a number.",)


def test_a_table_without_names_gets_names() -> None:
    table = read_table(b"1,2\n3,4\n5,7\n", "t")
    assert list(table.columns) == ["column 1", "column 2"]
    assert table.columns["column 2"].tolist() == [2, 4, 7]
    assert list(read_table(b"a,a,\n1,2,3\n4,5,6\n", "t").columns) == ["a", "a (2)", "column 3"]


def test_choices_that_cannot_be_trained_on_are_answered() -> None:
    table = read_table(TABLE, "t")
    steep = read_table(b"a,y\n1e-160,1e149\n-2e-160,-3e149\n3e-160,2e149\n", "t")
    holes = read_table(b"a,y\n1,\n,2\n3,4\n", "t")
    for bad, target, features, sentence in (
        (table, "y", [], "Choose at least one feature."),
        (holes, "y", ["a"], "Complete rows: 1. A line needs at least 2."),
        (steep, "y", ["a"], "“a” is so small beside “y” that no weight can join them. Take other units."),
    ):
        with pytest.raises(UnreadableError, match=sentence):
            chosen(bad, target, features)


def test_wide_tables_work_up_to_a_limit_that_is_said() -> None:
    wide = b",".join(b"c%d" % k for k in range(600)) + b"\n" + b"\n".join(
        b",".join(b"%d" % ((i * k) % 17) for k in range(600)) for i in range(1, 40)
    )  # fmt: skip
    table = read_table(wide, "t")
    target, features = table.suggestion()
    assert len(features) == MOST_FEATURES
    assert "many answers fit perfectly" in chosen(table, target, features)[1][-1]
    with pytest.raises(UnreadableError, match="601 features are too many"):
        chosen(table, target, [name for name in table.columns if name != target] + ["c0"] * 2)


def test_a_hundred_thousand_rows_are_read_exactly() -> None:
    values = np.round(np.random.default_rng(0).standard_normal((100_000, 3)), 4)
    content = b"a,b,y\n" + b"\n".join(b"%.4f,%.4f,%.4f" % tuple(row) for row in values)
    assert np.array_equal(chosen(read_table(content, "t"), "y", ["a", "b"])[0].X, values[:, :2])


def test_a_table_of_too_many_cells_is_refused_before_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    assert MOST_CELLS > 1_000_000 * 20
    monkeypatch.setattr("pages.train.upload.MOST_CELLS", 10)
    for sign in ",;\t| ":
        read_table("".join(f"{k}{sign}{k * k}\n" for k in range(5)).encode(), "")
        with pytest.raises(UnreadableError, match="about 12 cells, more than the 10"):
            read_table(f"1{sign}2\n".encode() * 6, "")


def test_neither_a_wide_table_nor_a_long_cell_holds_others_up() -> None:
    with pytest.raises(UnreadableError, match=f"more than {MOST_COLUMNS} columns"):
        read_table(b"a," * MOST_COLUMNS + b"a\n" + b"1,2\n2,3\n" * 3, "")
    begun = thread_time()
    assert unique(["a"] * 100_000)[-1] == "a (100000)"
    assert unique(["a (3)", "a", "a", "a"]) == ["a (3)", "a", "a (2)", "a (4)"]
    rows = "".join(f"{k},{k * k}\n" for k in range(250))
    for cell, said in (
        ("1" * 3_000_000, "not a number"),
        ("1" + ". " * 1_500_000, "not a number"),
        ("." * 20_000, "not a"),
    ):
        table = read_table(f"x,y\n{rows}{cell},3\n".encode(), "")
        assert np.isnan(table.columns["x"][-1])
        assert said in " ".join(table.notes)
    assert thread_time() - begun < 3  # it took minutes
    assert numbers("  " * 2000 + "12345" + "  " * 2000)[0] == 12345

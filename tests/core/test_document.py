"""Pages laid out in text and in HTML."""

from __future__ import annotations

from html.parser import HTMLParser
from unicodedata import combining, east_asian_width

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costcurve.core.document import Document, Paragraph, Table

WORDS = st.text(st.characters(codec="ascii"), max_size=60)
PAGE = Document(
    "A page",
    (
        Paragraph("First things first.", "lead"),
        Table("Sums", ("What", "USD"), (("a", "1.00"), ("bb", "20.00"), ("All", "21.00")), (1,),
              has_total=True),
        Paragraph("Mind the gap.", "warning"),
    ),
)  # fmt: skip


def test_text_is_aligned_and_in_order():
    assert PAGE.text().splitlines() == [
        "A page",
        "",
        "First things first.",
        "",
        "Sums",
        "What    USD",
        "a      1.00",
        "bb    20.00",
        "All   21.00",
        "",
        "Mind the gap.",
    ]


def test_colour_adds_styles_and_nothing_else():
    coloured = PAGE.text(coloured=True)
    assert "\x1b[33mMind the gap.\x1b[0m" in coloured
    assert "\x1b[1mAll   21.00\x1b[0m" in coloured
    plain = coloured
    for style in ("\x1b[0m", "\x1b[1m", "\x1b[2m", "\x1b[33m", "\x1b[1;4m"):
        plain = plain.replace(style, "")
    assert plain == PAGE.text()


@given(
    st.integers(60, 100),
    WORDS,
    st.lists(st.tuples(WORDS, WORDS, WORDS), min_size=1, max_size=4),
)
def test_no_line_is_wider_than_the_page_and_no_word_is_lost(width, title, rows):
    table = Table("Things", ("one", "two", "three"), tuple(rows), (1,))
    text = Document(title, (Paragraph(title), table)).text(width)
    assert all(len(line) <= width for line in text.splitlines())
    letters = "".join(filter(str.isalnum, text))
    for cell in (title, *(cell for row in rows for cell in row)):
        for word in cell.split():
            # A word of the width of a column stands in one piece.
            if word.isalnum() and len(word) <= 6:
                assert word in letters


# Letters of one, two and no columns.
WIDE = st.text(st.sampled_from("ab 猫漢字ｶ́é-"), max_size=60)


def columns(line):
    widths = (2 if east_asian_width(char) in "WF" else 1 for char in line if not combining(char))
    return sum(widths)


@given(st.integers(40, 90), WIDE, st.lists(WIDE, min_size=1, max_size=4))
def test_wide_letters_fit_the_page_and_keep_its_columns(width, title, cells):
    table = Table("", ("", ""), tuple((cell, "1.00") for cell in cells), (1,))
    text = Document(title, (Paragraph(title), table)).text(width)
    assert all(columns(line) <= width for line in text.splitlines())
    # Sums stand below each other.
    assert len({columns(line) for line in text.splitlines() if line.endswith("1.00")}) == 1
    written = "".join((title, title, *(f"{cell}1.00" for cell in cells)))
    assert sorted("".join(text.split())) == sorted("".join(written.split()))


def test_wide_letters_are_counted_as_two():
    table = Table("", ("", ""), (("猫", "1"), ("cat", "2")), (1,))
    assert Document("x", (table,)).text().splitlines()[-2:] == ["猫   1", "cat  2"]


@pytest.mark.parametrize("text", ["<b>bold</b>", "a & b", '"quoted"', "</table><script>"])
def test_html_escapes_what_users_wrote(text):
    class Collector(HTMLParser):
        def __init__(self):
            super().__init__()
            self.tags, self.words = set(), ""

        def handle_starttag(self, tag, _attributes):
            self.tags.add(tag)

        def handle_data(self, data):
            self.words += data

    page = Document(text, (Paragraph(text), Table(text, (text,), ((text,),))))
    collector = Collector()
    collector.feed(page.html())
    assert collector.words.count(text) == 5
    assert not collector.tags & {"b", "script"}


@given(
    st.lists(st.text("ab", min_size=1, max_size=9), min_size=2, max_size=9),
    st.sampled_from("._/"),
)
def test_a_long_name_is_broken_after_its_signs_and_nothing_is_lost(parts, sign):
    name, filler = sign.join(parts), "c" * 60
    text = Document("", (Table("", ("",), ((name, filler),), whole=(1,)),)).text(72)
    lines = [line.split("  ")[0] for line in text.splitlines() if line.strip()]
    assert "".join(lines) == name
    assert all(line.endswith(sign) for line in lines[:-1])

"""Reading, checking and writing tables and texts.

Articles come from files (:func:`read_articles`) or from a frame (:func:`check_articles`). Both give the same two
things: a frame with the columns ``article_id``, ``text``, ``title``, ``published``, ``outlet`` and whatever else the
table holds, and a list of :class:`Rejection`, one for each row or file that cannot be used. Nothing is left out
without a rejection. Tables are written whole or not at all (:class:`TableWriter`).
"""

from stancekit.articles.checking import (
    ARTICLE_COLUMNS,
    REJECTED_COLUMNS,
    Rejection,
    check_articles,
    rejected_frame,
)
from stancekit.articles.finding import SUFFIXES, Inputs, Source, find_inputs
from stancekit.articles.folders import prepare_output, write_whole
from stancekit.articles.reading import Chunk, read_articles, read_tables
from stancekit.articles.writing import FORMATS, TableWriter, read_table, write_table

__all__ = [
    "ARTICLE_COLUMNS",
    "FORMATS",
    "REJECTED_COLUMNS",
    "SUFFIXES",
    "Chunk",
    "Inputs",
    "Rejection",
    "Source",
    "TableWriter",
    "check_articles",
    "find_inputs",
    "prepare_output",
    "read_articles",
    "read_table",
    "read_tables",
    "rejected_frame",
    "write_table",
    "write_whole",
]

"""What can be wrong with a corpus folder: the rules by name, and a finding."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

__all__ = ["RULES", "Problem"]

RULES: Mapping[str, str] = MappingProxyType(
    {
        "columns": "every table has its columns, each once, and every row as many cells",
        "type": "ids are not empty, offsets are whole numbers, dates are ISO 8601",
        "key": "an article, a sentence, and an actor in a sentence have one row each",
        "join": "sentences belong to articles, articles have sentences, stances belong to sentences",
        "split": "every article is in one of train, dev and test",
        "conflict": "a conflict is in one split only",
        "order": "the sentences of an article are counted from 0, the title first, and do not overlap",
        "sentence": "a sentence stands where its offsets say",
        "mention": "a mention is a whole word, or several, inside of its sentence, and one actor's only",
        "spans": "spans are JSON pairs, in order and disjoint, and the first is start, end",
        "label": "labels are those of the codebook",
        "flag": "flags are True or False",
        "holder": "a holder stands in the sentence, and what is not attributed has none",
        "catalogue": "actors and holders are in the catalogue",
        "passes": "a label is that of the first pass, or the note says why it is not or why the row was added",
        "repetition": "with actors as one word, no two sentences share more than half of their word 4-grams",
        "leak": "no sentence of dev or test shares eight words in a row with train",
    }
)
"""The rules that a corpus folder keeps, by the name that a problem carries."""


@dataclass(frozen=True)
class Problem:
    """A place where a rule is broken.

    Attributes
    ----------
    file : str
        Name of the file in the folder.
    row : int or None
        The line on which the row begins, the header being line 1; None for the table as a whole.
    what : str
        What is wrong, in one line.
    rule : str
        A key of :data:`RULES`.

    Examples
    --------
    >>> print(Problem("stances.csv", 7, "attributed must be True or False, got 'yes'", "flag"))
    stances.csv, line 7: attributed must be True or False, got 'yes' (flag)
    """

    file: str
    row: int | None
    what: str
    rule: str

    def __str__(self) -> str:
        where = self.file if self.row is None else f"{self.file}, line {self.row}"
        return f"{where}: {self.what} ({self.rule})"

"""The role lexicon: what a word says of those around it.

``roles.csv`` was written for this project by machine, word by word in the order of frequency in news, and rates what a
sentence says in the reader's eyes: of who does something, of whom it is done to, of what is described. It also marks
words of human need and of fighting. How much a rating counts, a model learns.
"""

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, NamedTuple, Self

from stancekit.errors import InputError
from stancekit.lexicon.inflection import noun_forms, verb_forms

__all__ = ["RoleLexicon", "RoleWord", "load_roles"]

COLUMNS = ("lemma", "pos", "doer", "done", "about", "frame", "forms")
RATINGS = range(-2, 3)
FRAMES = frozenset({"", "h", "t", "ht"})


class RoleWord(NamedTuple):
    """What a form of a word says.

    Attributes
    ----------
    lemma : str
        The word.
    tags : str
        For verbs, what the form can be: as in :func:`~stancekit.lexicon.inflection.verb_forms`.
    doer, done, about : float
        What it says of who does it, of whom it is done to, and of what is described by it, from -1 to 1.
    frame : str
        ``h`` for words of human need, ``t`` for words of fighting, ``ht`` for both, or nothing.
    """

    lemma: str
    tags: str
    doer: float
    done: float
    about: float
    frame: str


@dataclass(frozen=True)
class RoleLexicon:
    """Words by their forms.

    Attributes
    ----------
    verbs, nouns, adjectives : mapping of str to RoleWord
        Forms in lower case.
    text : str
        The table that they come from, as CSV.
    """

    verbs: Mapping[str, RoleWord]
    nouns: Mapping[str, RoleWord]
    adjectives: Mapping[str, RoleWord]
    text: str

    def __reduce__(self) -> tuple[Any, ...]:
        # Views of mappings cannot be pickled; the table says all there is.
        return RoleLexicon.from_csv, (self.text,)

    def says(self, word: str) -> bool:
        """Tell whether a word is rated, or marked as one of human need or of fighting.

        Parameters
        ----------
        word : str
            A form in lower case.

        Returns
        -------
        bool
            False for words that are not listed, and for those listed as saying nothing.
        """
        known = (words.get(word) for words in (self.verbs, self.nouns, self.adjectives))
        return any(one is not None and any(one[2:]) for one in known)

    @classmethod
    def from_csv(cls, text: str, source: str = "roles.csv") -> Self:
        r"""Read a table.

        Parameters
        ----------
        text : str
            CSV with the columns lemma, pos (v, n, a), doer, done, about (-2 to 2), frame and forms.
        source : str
            What to call it in errors.

        Returns
        -------
        RoleLexicon
            With all forms worked out.

        Raises
        ------
        InputError
            If a row cannot be used; the message names it.

        Examples
        --------
        >>> from stancekit.lexicon import RoleLexicon
        >>> table = "lemma,pos,doer,done,about,frame,forms\nshell,v,-2,0,0,t,\n"
        >>> RoleLexicon.from_csv(table).verbs["shelled"].doer
        -1.0
        """
        reader = csv.DictReader(io.StringIO(text))
        if tuple(reader.fieldnames or ()) != COLUMNS:
            raise InputError(
                f"{source} needs the columns {', '.join(COLUMNS)}, got {', '.join(reader.fieldnames or ())}"
            )
        forms: dict[str, dict[str, RoleWord]] = {"v": {}, "n": {}, "a": {}}
        for number, row in enumerate(reader, 2):
            _add(forms, row, f"{source}, row {number}")
        verbs, nouns, adjectives = (MappingProxyType(forms[pos]) for pos in "vna")
        return cls(verbs, nouns, adjectives, text)


@cache
def load_roles() -> RoleLexicon:
    """Read the package's own role lexicon.

    Returns
    -------
    RoleLexicon
        Verbs, nouns, adjectives and adverbs of news.

    Examples
    --------
    >>> from stancekit.lexicon import load_roles
    >>> word = load_roles().verbs["condemned"]
    >>> word.doer, word.done
    (0.0, -1.0)
    """
    return RoleLexicon.from_csv((files("stancekit.lexicon") / "roles.csv").read_text(encoding="utf-8"))


def _add(forms: dict[str, dict[str, RoleWord]], row: dict[str, str], where: str) -> None:
    if None in row or None in row.values():
        raise InputError(f"{where} must have {len(COLUMNS)} cells")
    lemma, pos, frame = row["lemma"], row["pos"], row["frame"]
    if not lemma.isalpha() or lemma != lemma.lower() or pos not in forms or frame not in FRAMES:
        raise InputError(
            f"{where}: lemma must be one word in lower case, pos v, n or a, and frame h, t, ht or empty; "
            f"got {lemma!r}, {pos!r}, {frame!r}"
        )
    doer, done, about = (_rating(row[name], f"{where}, {name}") for name in ("doer", "done", "about"))
    irregular = tuple(row["forms"].split())
    if pos == "v":
        tagged = verb_forms(lemma, irregular)
    else:
        tagged = dict.fromkeys(noun_forms(lemma, irregular) if pos == "n" else (lemma, *irregular), "")
    for form, tags in tagged.items():
        word = RoleWord(lemma, tags, doer, done, about, frame)
        held = forms[pos].get(form)
        if held is not None and pos == "v":
            # "found" is of "find" and of "found": the more it can be of one, the likelier it is meant; all tags count.
            word = max(held, word, key=lambda one: len(one.tags))
            word = word._replace(tags="".join(sorted(set(held.tags + tags))))
        elif held is not None:
            word = held
        forms[pos][form] = word


def _rating(cell: str, where: str) -> float:
    if cell not in {str(rating) for rating in RATINGS}:
        raise InputError(f"{where} must be a whole number from -2 to 2, got {cell!r}")
    return int(cell) / 2

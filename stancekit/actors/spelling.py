"""In which spellings a name is the same name, and where a word begins and ends."""

import re
from unicodedata import combining, normalize

__all__ = ["FREE", "encodable", "folded", "joins", "variants"]

SURROGATE = re.compile("[\ud800-\udfff]")

# Characters that print alike are matched alike; one for one, so that offsets stay exact.
ALIKE = (
    *((odd, "'") for odd in "’‘ʼ"),
    *((odd, " ") for odd in "\u00a0\u202f"),
    *((odd, "-") for odd in "‑‐"),
)
CONTROLS = (("\t", " "), ("\n", " "), ("\r", " "))

FREE = frozenset(character for character in map(chr, range(128)) if not character.isalnum() and character != "_")
"""ASCII characters that belong to no word; most neighbours of a name are among them."""


def folded(text: str) -> str:
    """Replace characters that print alike by one of them, one for one.

    Parameters
    ----------
    text : str
        Any text.

    Returns
    -------
    str
        Of the same length.
    """
    if not text.isascii():
        for odd, plain in ALIKE:
            text = text.replace(odd, plain)
    for odd, plain in CONTROLS:
        text = text.replace(odd, plain)
    return text


def encodable(text: str) -> str:
    """Replace lone surrogates, which broken JSON escapes leave behind and native libraries refuse, one for one."""
    return SURROGATE.sub("\ufffd", text)


def variants(alias: str) -> list[str]:
    """Give the ways in which an alias may also be written: raised, in capitals, as a title, in decomposed accents.

    Parameters
    ----------
    alias : str
        As the catalogue has it, folded.

    Returns
    -------
    list of str
        The alias itself comes first.
    """
    written = [alias, alias[:1].upper() + alias[1:], alias.upper()]
    if alias.islower():
        written.append(alias.title())
    return written if alias.isascii() else [*written, *(normalize("NFD", variant) for variant in written)]


def joins(left: str, right: str) -> bool:
    """Tell whether two neighbouring characters belong to one word.

    Parameters
    ----------
    left, right : str
        One character each.

    Returns
    -------
    bool
    """
    return _is_of_word(left) and _is_of_word(right)


def _is_of_word(character: str) -> bool:
    # A combining accent belongs to the letter before it.
    return character.isalnum() or character == "_" or combining(character) > 0

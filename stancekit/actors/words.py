"""The words around a name. All functions take a sentence in which characters that print alike have been made one."""

import re

__all__ = ["after", "is_headline", "word_before", "words_of"]

WORD = re.compile(r"\w++(?:['-]\w++)*+")
WORDS_AFTER = re.compile(r"(?: \w++(?:['-]\w++)*+){1,3}+")


def words_of(text: str) -> list[str]:
    """Give the words of a text in lower case."""
    return [word.lower() for word in WORD.findall(text)]


def word_before(text: str, start: int) -> str:
    """Give the word before an offset as it stands there; empty unless one space parts them."""
    if start < 2 or text[start - 1] != " ":
        return ""
    return text[text.rfind(" ", 0, start - 1) + 1 : start - 1]


def after(text: str, end: int) -> list[str]:
    """Give up to three words right after an offset, in lower case, as far as only spaces part them."""
    match = WORDS_AFTER.match(text, end)
    return match.group().lower().split() if match else []


def is_headline(text: str) -> bool:
    """Tell whether most longer words carry a capital."""
    words: list[str] = [word for word in WORD.findall(text) if len(word) > 3]
    return sum(word[0].isupper() for word in words) > 0.7 * len(words)

"""Forms of English words, by rule: what the role lexicon leaves out because it is regular."""

import re

__all__ = ["noun_forms", "verb_forms"]

VOWELS = "aeiou"
HISSES = ("s", "x", "z", "ch", "sh")
THIRD = (*HISSES, "o")


def verb_forms(lemma: str, irregular: tuple[str, ...] = ()) -> dict[str, str]:
    """Give the forms of a verb.

    Parameters
    ----------
    lemma : str
        The base form.
    irregular : tuple of str
        Forms that the rules do not give: past and participle if they are two, both in one if it is one; forms in
        ``-ing`` and ``-s`` as they are.

    Returns
    -------
    dict of str to str
        Form to what it can be, in this order: ``B`` base, ``G`` form in -ing, ``N`` participle, ``P`` past, ``S`` third
        person.

    Examples
    --------
    >>> from stancekit.lexicon.inflection import verb_forms
    >>> verb_forms("deny")
    {'deny': 'B', 'denies': 'S', 'denying': 'G', 'denied': 'NP'}
    >>> verb_forms("take", ("took", "taken"))["taken"]
    'N'
    """
    third = _with_s(lemma, THIRD)
    found: dict[str, str] = {}
    # A form whose own third person is listed, too, is another spelling of the verb: "criticise criticises".
    for base in irregular:
        if base != lemma and _with_s(base, THIRD) in irregular:
            found |= _forms(base, ())
    return found | _forms(lemma, tuple(form for form in irregular if form not in found and form != third))


def _forms(lemma: str, irregular: tuple[str, ...]) -> dict[str, str]:
    """Inflect one spelling."""
    found: dict[str, set[str]] = {}

    def add(form: str, tags: str) -> None:
        found.setdefault(form, set()).update(tags)

    add(lemma, "B")
    add(_with_s(lemma, THIRD), "S")
    for form in _with_ing(lemma):
        add(form, "G")
    past = []
    for form in irregular:
        if form.endswith("ing"):
            add(form, "G")
        elif form.endswith("ies") or form == f"{lemma}s":
            add(form, "S")
        else:
            past.append(form)
    if all(form.endswith("ed") for form in past):
        # Other spellings stand beside the regular ones.
        for form in (*past, *_with_ed(lemma)):
            add(form, "NP")
    elif len(past) == 1 or any(form.endswith("ed") for form in past):
        # "burnt", and "learnt learned": one form or several for both.
        for form in past:
            add(form, "NP")
    else:
        add(past[0], "P")
        for form in past[1:]:
            add(form, "N")
    return {form: "".join(sorted(tags)) for form, tags in found.items()}


def noun_forms(lemma: str, irregular: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Give a noun's singular and plural.

    Parameters
    ----------
    lemma : str
        The singular.
    irregular : tuple of str
        Forms that the rules do not give.

    Returns
    -------
    tuple of str
        Without repetition.

    Examples
    --------
    >>> from stancekit.lexicon.inflection import noun_forms
    >>> noun_forms("ally"), noun_forms("hero", ("heroes",))
    (('ally', 'allies'), ('hero', 'heros', 'heroes'))
    """
    return tuple(dict.fromkeys((lemma, _with_s(lemma, HISSES), *irregular)))


def _with_s(lemma: str, hisses: tuple[str, ...]) -> str:
    if _ends_in_y(lemma):
        return f"{lemma[:-1]}ies"
    return f"{lemma}es" if lemma.endswith(hisses) else f"{lemma}s"


def _with_ing(lemma: str) -> list[str]:
    if lemma.endswith("ie"):
        return [f"{lemma[:-2]}ying"]
    if lemma.endswith("e") and not lemma.endswith(("ee", "oe", "ye")):
        return [f"{lemma[:-1]}ing"]
    return [f"{stem}ing" for stem in _stems(lemma)]


def _with_ed(lemma: str) -> list[str]:
    if _ends_in_y(lemma):
        return [f"{lemma[:-1]}ied"]
    return [f"{lemma}d"] if lemma.endswith("e") else [f"{stem}ed" for stem in _stems(lemma)]


def _ends_in_y(lemma: str) -> bool:
    return lemma.endswith("y") and lemma[-2:-1] not in VOWELS


def _stems(lemma: str) -> list[str]:
    """Double the last consonant where it can be; in longer words, the stress decides, so both ways are given."""
    doubles = len(lemma) > 2 and lemma[-1] not in f"wxy{VOWELS}" and lemma[-2] in VOWELS and lemma[-3] not in VOWELS
    if not doubles:
        return [lemma]
    short = len(re.findall(r"[aeiouy]+", lemma)) == 1
    return [lemma + lemma[-1]] if short else [lemma + lemma[-1], lemma]

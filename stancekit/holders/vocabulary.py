"""The words by which speech and judgement are found: ``holders.toml``, read once."""

import re
import tomllib
from collections.abc import Iterator
from importlib.resources import files
from typing import Any, NamedTuple


class Verb(NamedTuple):
    """A form of a verb of saying or judging, or of one that ends a subject.

    `kinds` are the lists in which its base form stands, `form` is ``base``, ``s``, ``ed`` or ``ing``; `particle`
    must follow, if any; `noun_too` says that the base form is a noun as well.
    """

    kinds: frozenset[str]
    form: str
    particle: str | None
    noun_too: bool


class Words(NamedTuple):
    """The verbs and the other lists of ``holders.toml``; each list says there what it is for."""

    verbs: dict[str, Verb]
    adverbs: frozenset[str]
    claim_nouns: frozenset[str]
    judgement_nouns: frozenset[str]
    view_nouns: frozenset[str]
    hearsay: frozenset[str]
    offices: frozenset[str]


VERB_LISTS = ("say", "weak", "judge", "deny", "passive", "agentless", "plain")

_RAW: dict[str, Any] = tomllib.loads((files("stancekit.holders") / "holders.toml").read_text(encoding="utf-8"))
_GRAMMAR: dict[str, frozenset[str]] = {name: frozenset(words) for name, words in _RAW["grammar"].items()}
DETERMINERS = _GRAMMAR["determiners"]
ARTICLES = _GRAMMAR["articles"]
PRONOUNS = _GRAMMAR["pronouns"]
BACKWARD = _GRAMMAR["backward"]
AUXILIARIES = _GRAMMAR["auxiliaries"]
PASSIVE_AUXILIARIES = _GRAMMAR["passive_auxiliaries"]
NOUN_PREPOSITIONS = _GRAMMAR["noun_prepositions"]
PREPOSITIONS = _GRAMMAR["prepositions"]
MODIFYING = _GRAMMAR["modifying"]
CONJUNCTIONS = _GRAMMAR["conjunctions"]
RELATIVES = _GRAMMAR["relatives"]
COORDINATORS = _GRAMMAR["coordinators"]
TURNS = _GRAMMAR["turns"]
NEGATIONS = _GRAMMAR["negations"]
DAYS = _GRAMMAR["days"]
TIMES = _GRAMMAR["times"]
PLURALS = _GRAMMAR["plurals"]
EXCHANGES = _GRAMMAR["exchanges"]
EXCHANGED = _GRAMMAR["exchanged"]
OWN = _GRAMMAR["own"]
NOBODY = _GRAMMAR["nobody"]

ADDRESSEES = frozenset({"me", "us", "reporters", "journalists", "him", "them", "her", "it", "out"})
NAME_LINKS = frozenset(
    {"de", "la", "al", "el", "bin", "ibn", "van", "von", "der", "den", "da", "do", "dos", "du", "of"}
)
SUBORDINATORS = frozenset({"while", "whereas", "although", "though", "after", "when", "as", "because"})
POSSESSIVE = re.compile(r"['’]s?$")
CLOSING = frozenset("”\"’'")
ENDING = frozenset(",.;:?!—–)”\"’'…")


def _read_verbs() -> dict[str, Verb]:
    irregular: dict[str, list[str]] = _RAW["irregular"]
    nouns_too = frozenset(_RAW["nouns_too"])
    verbs: dict[str, Verb] = {}
    for kind in VERB_LISTS:
        for entry in _RAW[kind]:
            lemma, _, needed = entry.partition(" ")
            for form, name in _forms(lemma, irregular):
                known, particle = verbs.get(form), needed
                if known is not None and (kind == "plain" or known.particle is None):
                    particle = known.particle or ""
                verbs[form] = Verb(
                    (known.kinds if known else frozenset()) | {kind},
                    known.form if known else name,
                    particle or None,
                    lemma in nouns_too or (known is not None and known.noun_too),
                )
    return verbs


def _forms(lemma: str, irregular: dict[str, list[str]]) -> Iterator[tuple[str, str]]:
    """Give the forms of a verb with their names: ``base``, ``s``, ``ed`` (past and participle), ``ing``."""
    yield lemma, "base"
    if lemma in irregular:
        for form in irregular[lemma]:
            yield form, "ing" if form.endswith("ing") else "s" if form.endswith("s") and form != "was" else "ed"
    elif lemma.endswith("e"):
        yield from ((lemma + "s", "s"), (lemma + "d", "ed"), (lemma[:-1] + "ing", "ing"))
    elif lemma.endswith("y") and lemma[-2] not in "aeiou":
        yield from ((lemma[:-1] + "ies", "s"), (lemma[:-1] + "ied", "ed"), (lemma + "ing", "ing"))
    else:
        plural = "es" if lemma.endswith(("s", "sh", "ch", "x", "z")) else "s"
        yield from ((lemma + plural, "s"), (lemma + "ed", "ed"), (lemma + "ing", "ing"))


WORDS = Words(_read_verbs(), **{name: frozenset(_RAW[name]) for name in Words._fields if name in _RAW})
VERBS = WORDS.verbs
CUES = frozenset(
    {form for form, verb in VERBS.items() if verb.kinds != {"plain"}}
    | WORDS.claim_nouns
    | WORDS.judgement_nouns
    | WORDS.view_nouns
    | WORDS.hearsay
    | EXCHANGES
    | {"according", "door", "put", "puts"}
)
"""Where none of them stands, nobody is quoted but in quotation marks or by a label."""
DASHES = frozenset("–—-")
LABELLING = DASHES | {":"}
"""A label of a headline stands before or behind one of these."""
FUNCTION = (PREPOSITIONS | CONJUNCTIONS | AUXILIARIES | RELATIVES | PRONOUNS | NEGATIONS | DAYS | WORDS.adverbs) - {
    "march"
}
"""No noun phrase holds them."""

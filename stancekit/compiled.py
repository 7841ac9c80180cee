"""Fitted classifiers in native code: the same probabilities, many times faster.

``native/`` holds the templates and the masking once more in C++, built on installation where there is a compiler. Where
there is none, or a model uses templates that the native code does not know, the estimators themselves are asked.
"""

from collections.abc import Sequence
from functools import cache
from importlib import import_module
from types import ModuleType
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

from stancekit.actors import Matcher, Mention
from stancekit.classifiers import LinearClassifier
from stancekit.features import masking, role_templates, syntax, templates
from stancekit.features.vectorizer import Vectorizer

__all__ = ["Compiled", "native"]

Spans = list[tuple[int, int]]

# Words that no noun phrase goes on through; with the other sets, what the rules of syntax ask of a word.
LINKERS = frozenset({"and", "or", "but", "if", "when", "while", "because"})
# The orders of these four are those of the enumerations in native/.
WORD_SETS = (
    *(syntax.BE, syntax.HAVE, syntax.DO, syntax.MODAL, syntax.DETERMINERS, syntax.PREPOSITIONS, syntax.PRONOUNS),
    *(syntax.RELATIVES, syntax.ADVERBS, syntax.NEGATORS, syntax.SCOPE_ENDS, syntax.BREAKS, syntax.JOINTS),
    *(syntax.CLAUSES, syntax.AGENTS, syntax.CONJUNCTIONS, ENGLISH_STOP_WORDS, masking.DATES, masking.OFFICES),
    *(masking.ACRONYMS, masking.BODIES, masking.FORMS, masking.SIDES, masking.PARTICLES, masking.FOREIGN),
)
TOKENS = (
    *(masking.TARGET, masking.NAME, masking.NUMBER, masking.DATE, "'s", ",", '"', "and", "by", "to", "that", "than"),
    *("of", "for", "from", "as", "in", "after", "before", "without", "or", "but", "it", "them", "him", "a", "an"),
    *("the", "one", "being", "been", "?", "!", "may", "march"),
)
KINDS = ("SUBJ", "PSUBJ", "DOBJ", "BY", "POBJ", "POSS", "POSSMOD", "MOD", "IS", "APP", "COMP_TO")
TEMPLATES: tuple[type[templates.Template], ...] = (
    *(templates.Phrases, templates.Sides, templates.NearTarget, templates.Lexicon, role_templates.Roles),
    *(role_templates.RoleSums, role_templates.SideSums, role_templates.WordSums, role_templates.FrameSums),
    *(role_templates.Patterns, role_templates.Quoted),
)
# Characters in which names are looked for at a time.
TOGETHER = 1_000_000
FRAMES = {"": 0, "h": 1, "t": 2, "ht": 3}


@cache
def native() -> ModuleType | None:
    """Give the native module, or None where it was not built.

    Returns
    -------
    module or None
        ``stancekit._native``.
    """
    try:
        return import_module("stancekit._native")
    except ImportError:
        return None


class Held(NamedTuple):
    """A model within a reader.

    Attributes
    ----------
    reader : object
        From the native module.
    number : int
        Of the model in the reader.
    """

    reader: Any
    number: int


class Compiled:
    """Fitted classifiers that are asked together.

    Parameters
    ----------
    models : sequence of classifiers
        Fitted; those that are no :class:`LinearClassifier` are asked as they are. Their native form is made once and
        does not follow later changes.

    Examples
    --------
    >>> import stancekit
    >>> from stancekit.compiled import Compiled
    >>> model = stancekit.load_model("sentiment")
    >>> (proba, known), = Compiled([model]).assess([0], ["A joyful rescue."])
    >>> bool(abs(proba - model.predict_proba(["A joyful rescue."])).max() < 1e-9)
    True
    """

    def __init__(self, models: Sequence[Any]) -> None:
        self.models = tuple(models)
        self._held = _compile(self.models)

    def is_native(self, number: int) -> bool:
        """Tell whether a model has a native form here.

        Parameters
        ----------
        number : int
            Which of the models.

        Returns
        -------
        bool
            False where the estimator itself is asked.
        """
        return self._held[number] is not None

    def assess(
        self, numbers: Sequence[int], texts: Sequence[str], targets: Sequence[Spans] | None = None
    ) -> list[tuple[np.ndarray, np.ndarray]]:
        """Give the probabilities of rows, and how many of their terms the models know.

        Parameters
        ----------
        numbers : sequence of int
            Which models.
        texts : sequence of str
            Sentences.
        targets : sequence of list of (int, int), optional
            For models of targets: the spans of each sentence's target, in order and disjoint.

        Returns
        -------
        list of (ndarray of shape (n, n_classes), ndarray of int, shape (n,))
            For each model what its ``assess`` gives, to within rounding.
        """
        found: dict[int, tuple[np.ndarray, np.ndarray]] = {}
        together: dict[int, list[int]] = {}
        for number in numbers:
            held = self._held[number]
            if held is None or not texts:
                found[number] = self.models[number].assess(_rows(texts, targets))
            else:
                together.setdefault(id(held.reader), []).append(number)
        for group in together.values():
            found.update(zip(group, self._ask(group, list(texts), targets), strict=True))
        return [found[number] for number in numbers]

    def _ask(
        self, numbers: list[int], texts: list[str], targets: Sequence[Spans] | None
    ) -> list[tuple[np.ndarray, np.ndarray]]:
        """Ask models that share a reader and a matcher."""
        module, models = native(), [self.models[number] for number in numbers]
        held = [self._held[number] for number in numbers]
        assert module is not None
        outputs = [
            array
            for model in models
            for array in (np.empty((len(texts), len(model.coef_))), np.empty(len(texts), dtype=np.int64))
        ]
        names = _names(models[0].vectorizer_.masker_.matcher, texts)
        spans = None if targets is None else list(targets)
        reader = next(one.reader for one in held if one is not None)
        places = tuple(one.number for one in held if one is not None)
        module.assess(reader, places, texts, names, spans, tuple(outputs))
        return [(model.probabilities(outputs[2 * place]), outputs[2 * place + 1]) for place, model in enumerate(models)]


def _rows(texts: Sequence[str], targets: Sequence[Spans] | None) -> Any:
    """Give rows as the estimators take them."""
    if targets is None:
        return list(texts)
    firsts = [spans[0] for spans in targets]
    return pd.DataFrame(
        {
            "text": pd.Series(list(texts), dtype=object),
            "start": [start for start, _ in firsts],
            "end": [end for _, end in firsts],
            "spans": pd.Series(list(targets), dtype=object),
        }
    )


def _names(matcher: Matcher, texts: Sequence[str]) -> list[list[Mention]]:
    """Give the names in each sentence; a sentence that stands several times is looked at once."""
    known: dict[str, list[Mention]] = {text: [] for text in texts}
    held: list[str] = []
    room = TOGETHER
    for text in known:
        held.append(text)
        room -= len(text)
        if room < 0:
            known.update(zip(held, matcher.names_apart(held), strict=True))
            held, room = [], TOGETHER
    known.update(zip(held, matcher.names_apart(held), strict=True))
    return [known[text] for text in texts]


def _compile(models: Sequence[Any]) -> list[Held | None]:
    """Put models into readers: those that read alike share one."""
    module = native()
    held: list[Held | None] = [None] * len(models)
    if module is None:
        return held
    readers: list[tuple[Vectorizer, Any, list[int]]] = []
    for number, model in enumerate(models):
        if not isinstance(model, LinearClassifier):
            continue
        vectorizer = model.vectorizer_
        if any(type(template) not in TEMPLATES for template in vectorizer.templates_):
            continue
        reader = next((one for other, one, _ in readers if _read_alike(vectorizer, other)), None)
        if reader is None:
            reader = _reader(module, vectorizer)
            readers.append((vectorizer, reader, []))
        try:
            held[number] = Held(reader, _add(module, reader, model))
        except NotImplementedError:
            # A template or feature that the native code has no form for, such as phrases of six words.
            continue
    for _, reader, _ in readers:
        module.finish(reader)
    return held


def _read_alike(one: Vectorizer, other: Vectorizer) -> bool:
    roles, others = one.roles_, other.roles_
    return (
        (one.masker_.words is other.masker_.words or one.masker_.words == other.masker_.words)
        and one.masker_.matcher.catalogue == other.masker_.matcher.catalogue
        and (roles is others or (roles is not None and others is not None and roles.text == others.text))
        and one.ratings_ == other.ratings_
    )


def _reader(module: ModuleType, vectorizer: Vectorizer) -> Any:
    masker = vectorizer.masker_
    catalogue = masker.matcher.catalogue
    groups = {actor_id: f"<{actor_id}>" for actor_id, actor in catalogue.items() if actor.kind == "generic"}
    sets = [sorted(words) for words in (*WORD_SETS, masker.words, syntax.PHASES, LINKERS)]
    complements = ["of", "for", "from"]
    return module.reader(
        sets, TOKENS, KINDS, sorted(syntax.PREPOSITIONS), complements, _pattern_names(), groups, _roles(vectorizer),
        {word: float(rating) for word, rating in vectorizer.ratings_.items()},
    )  # fmt: skip


def _pattern_names() -> list[str]:
    """List what stands for words in patterns."""
    signs = "+-0"
    verbs = [f"V{doer}{done}" for doer in signs for done in signs]
    nouns = [f"N{doer}{done}{about}" for doer in signs for done in signs for about in signs]
    return ["V", "W", *verbs, *nouns, *(f"A{about}" for about in signs)]


def _roles(vectorizer: Vectorizer) -> list[tuple[Any, ...]]:
    lexicon = vectorizer.roles_
    if lexicon is None:
        return []
    return [
        (part, form, word.lemma, word.tags, word.doer, word.done, word.about, FRAMES[word.frame])
        for part, words in enumerate((lexicon.verbs, lexicon.nouns, lexicon.adjectives))
        for form, word in words.items()
    ]


def _add(module: ModuleType, reader: Any, model: LinearClassifier) -> int:
    vectorizer = model.vectorizer_
    described = [_described(template) for template in vectorizer.templates_]
    coef, intercept = (
        np.ascontiguousarray(model.coef_, dtype=float),
        np.ascontiguousarray(model.intercept_, dtype=float),
    )
    number: int = module.add_model(
        reader, described, list(vectorizer.features_), np.ascontiguousarray(vectorizer.idf_, dtype=float), coef,
        intercept, len(coef), bool(vectorizer.ratings_), vectorizer.roles_ is not None,
    )  # fmt: skip
    return number


def _described(template: templates.Template) -> tuple[Any, ...]:
    """Give a template as the native code takes it: type, sizes, stem, reach, scale, negation, whether it is a sum."""
    return (
        TEMPLATES.index(type(template)),
        int(getattr(template, "shortest", 1)),
        int(getattr(template, "longest", 1)),
        int(getattr(template, "stem", 0)),
        float(getattr(template, "reach", 1.0)),
        float(template.scale),
        bool(getattr(template, "negation", False)),
        isinstance(template, templates.Lexicon),
    )

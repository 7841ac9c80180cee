"""Which sentences of a text may tell whose view they give: found by one scan, so that the others need not be read.

Most sentences hold no verb or noun of saying, or hold one only where no rule begins: "the state", "in terms of". What
is told here is never that a sentence does quote somebody, only that it surely does not.
"""

import re
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import pairwise
from typing import NamedTuple

import ahocorasick_rs

from stancekit.actors import Mention
from stancekit.actors.spelling import encodable
from stancekit.holders.headlines import LABEL, VOICES
from stancekit.holders.judging import OBJECT_LINKS, REPORTED
from stancekit.holders.quotations import Span
from stancekit.holders.vocabulary import ARTICLES, CUES, EXCHANGED, EXCHANGES, PLURALS, VERBS, WORDS

__all__ = ["may_be_labelled", "telling_sentences"]

# Between two letters each of them makes one word of two.
JOINING = frozenset("-'’.&/")
# The same, but not behind an abbreviation: "U.S.A.said".
JOINING_BEFORE = JOINING - {"."}
NO_NOUN = tuple(f" {word} " for word in sorted(ARTICLES - PLURALS))
OWNERS = ("'s ", "’s ", "' ", "’ ", "his ", "her ", "its ", "their ")
REPORTING = frozenset({"say", "weak", "judge", "deny"})
LAST = re.compile(r"[^\W_]+$")
SPEAKERS = WORDS.offices | VOICES
SIGNS = re.compile(r"[:–—]|(?<![^\W_])-|-(?![^\W_])")


class _Cue(NamedTuple):
    """Under what conditions a word may begin a report; one of them is enough."""

    always: bool
    # Unless an article stands before it.
    as_verb: bool
    # Behind an owner: "in his view".
    owned: bool
    # Before one of these.
    followers: tuple[str, ...]


def telling_sentences(text: str, sentences: Sequence[Span], mentions: Sequence[Sequence[Mention]]) -> set[int]:
    """Give the sentences in which a word may begin a report.

    Parameters
    ----------
    text : str
        One part of an article.
    sentences : sequence of (int, int)
        Spans of its sentences.
    mentions : sequence of sequence of Mention
        For each sentence the mentions of actors in it.

    Returns
    -------
    set of int
        Numbers of sentences; in all others no rule for verbs and nouns of saying or judging finds anything.
    """
    if any(start < end for (_, end), (start, _) in pairwise(sentences)):
        # Spans that overlap or are out of order cannot be gone through together with what is found.
        return set(range(len(sentences)))
    lowered = text.lower()
    if len(lowered) != len(text):
        # The one letter that becomes two stands in no cue.
        lowered = text.replace("İ", "i").lower()
    return set(_telling(lowered, sentences, mentions))


def _telling(lowered: str, sentences: Sequence[Span], mentions: Sequence[Sequence[Mention]]) -> Iterator[int]:
    if not sentences:
        return
    cues = _cues()
    number, last = 0, len(sentences) - 1
    opens, closes = sentences[0]
    told = -1
    for index, start, end in _hits(lowered):
        while start >= closes:
            if number == last:
                return
            number += 1
            opens, closes = sentences[number]
        if end > closes or start < opens < end:
            # A border of sentences parts the word.
            yield number
            if number < last:
                yield number + 1
        elif number == told or start < opens:
            continue
        elif _may_begin(lowered, cues[index], start, end, sentences[number], mentions[number]):
            told = number
            yield number


def _hits(lowered: str) -> list[tuple[int, int, int]]:
    """Give every cue, inside of words too; a whole word is given as such, for the longest cue wins."""
    try:
        return _automaton().find_matches_as_indexes(lowered)
    except UnicodeEncodeError:
        return _automaton().find_matches_as_indexes(encodable(lowered))


def _may_begin(lowered: str, cue: _Cue, start: int, end: int, sentence: Span, mentions: Sequence[Mention]) -> bool:
    """Tell whether what stands beside a cue leaves it open that a report begins there."""
    opens, closes = sentence
    behind = lowered[end] if end < closes else ""
    if behind != " " and behind and (behind.isalnum() or _joins(lowered, behind, end + 1, closes)):
        return False
    if start > opens:
        before = lowered[start - 1]
        if before != " " and (
            before.isalnum() or (before in JOINING_BEFORE and start - 1 > opens and lowered[start - 2].isalnum())
        ):
            return False
    if cue.always:
        return True
    if cue.as_verb and not _is_noun(lowered, start, opens, mentions):
        return True
    if cue.owned and start > opens and _may_be_owned(lowered, start, opens):
        return True
    return bool(cue.followers) and _may_be_followed(lowered, cue.followers, behind, end)


def _joins(lowered: str, sign: str, following: int, closes: int) -> bool:
    return sign in JOINING and following < closes and lowered[following].isalnum()


def _is_noun(lowered: str, start: int, opens: int, mentions: Sequence[Mention]) -> bool:
    """Tell whether an article stands before, which is no part of a name: "the report"."""
    if not lowered.endswith(NO_NOUN, max(0, opens - 1), start):
        return False
    return not any(mention.start < start - opens - 1 <= mention.end for mention in mentions)


def _may_be_owned(lowered: str, start: int, opens: int) -> bool:
    if lowered[start - 1] != " " or start - 2 < opens or lowered[start - 2].isspace():
        return True
    return lowered.endswith(OWNERS, opens, start)


def _may_be_followed(lowered: str, followers: tuple[str, ...], behind: str, end: int) -> bool:
    """Tell whether the next token may be one of some; underscores are no tokens."""
    if behind != " ":
        return behind == "_" or behind.isspace()
    following = lowered[end + 1 : end + 2]
    return lowered.startswith(followers, end + 1) or following == "_" or following.isspace()


def may_be_labelled(sentence: str, mentions: Sequence[Mention]) -> bool:
    """Tell whether a speaker may stand before a colon or behind a colon or dash, as in headlines.

    Parameters
    ----------
    sentence : str
        Its text.
    mentions : sequence of Mention
        The mentions of actors in it.

    Returns
    -------
    bool
        False only where the rules for headlines surely find nobody.
    """
    colon = sentence.find(":")
    if colon < 0 and "-" not in sentence and "–" not in sentence and "—" not in sentence:
        return False
    # An underscore is a word and no token.
    if "_" in sentence or (colon >= 0 and _may_open(sentence, colon, mentions)):
        return True
    # A word is at least one token, so the sign stands among as many words.
    words = sentence.rsplit(None, LABEL + 1)[-LABEL - 1 :]
    if not _may_speak(words[-1], len(sentence.rstrip()), mentions):
        return False
    return SIGNS.search(" ".join(words)) is not None


def _may_open(sentence: str, colon: int, mentions: Sequence[Mention]) -> bool:
    """Tell whether few words stand before the first colon, the last of them a speaker."""
    words = sentence[:colon].split()
    if not 0 < len(words) <= LABEL or sentence[colon + 1 :].lstrip()[:1].isdigit():
        return False
    return _may_speak(words[-1], len(sentence[:colon].rstrip()), mentions)


def _may_speak(word: str, end: int, mentions: Sequence[Mention]) -> bool:
    """Tell whether a word that ends at an offset may be an office or the end of an actor's name."""
    last = LAST.search(word.lower())
    return (last is not None and last[0] in SPEAKERS) or any(mention.end == end for mention in mentions)


@cache
def _automaton() -> ahocorasick_rs.AhoCorasick:
    return ahocorasick_rs.AhoCorasick(
        sorted(CUES),
        matchkind=ahocorasick_rs.MatchKind.LeftmostLongest,
        implementation=ahocorasick_rs.Implementation.DFA,
    )


@cache
def _cues() -> list[_Cue]:
    """Say of each pattern of the automaton when it may begin a report."""
    return [_cue(word) for word in sorted(CUES)]


def _cue(word: str) -> _Cue:
    verb = VERBS.get(word)
    followers: set[str] = set()
    always = word in WORDS.hearsay or word in REPORTED
    as_verb = False
    if verb is not None:
        reports = not REPORTING.isdisjoint(verb.kinds) or (verb.form == "ed" and verb.kinds != {"plain"})
        if verb.particle is not None:
            followers.add(verb.particle)
        elif verb.form in {"base", "s"}:
            as_verb = reports
        else:
            always = always or reports
    if word == "according":
        followers.add("to")
    if word in EXCHANGES:
        followers |= EXCHANGED
    if word == "door":
        followers.add("of")
    if word in {"put", "puts"}:
        followers.add("it")
    if word in WORDS.view_nouns:
        followers.add("of")
    if word in WORDS.claim_nouns:
        followers.add("that")
    if word in WORDS.judgement_nouns:
        followers |= {"from", "by", *OBJECT_LINKS}
    return _Cue(always, as_verb, word in WORDS.view_nouns, tuple(sorted(followers)))

"""Which of the names in a sentence stand for their actors, and which are a mere place, people or description."""

import re
from collections.abc import Mapping

from stancekit.actors.context import Context, context
from stancekit.actors.mentions import Mention
from stancekit.actors.shortcuts import (
    DATELINE_REACH,
    LAST_DATELINE,
    is_surely_a_group,
    is_surely_a_state,
    is_surely_place,
    leads_to_place,
)
from stancekit.actors.words import after, is_headline, word_before, words_of

__all__ = ["actors_of"]

POSSESSIVE = re.compile(r"'s?(?!\w)")
PREFIX = re.compile(r"(\w+)-$")
SUFFIX = re.compile(r"-(\w+)")
# "KYIV (Agency) -", "Moscow, 3 March —", "NAIROBI, Sept. 19 -": where an agency says where it wrote.
DATELINE = re.compile(
    r"(?:, [^;:()—–]{2,30})?(?: ?\([^)]{2,30}\))? ?(?: --?|[—–]) ?(?=[\"“A-Z0-9])"
    r"|,?[^;:()—–]{0,22}+\([A-Z][A-Za-z ]{1,20}\) ?(?:--?|[:—–]|(?=[A-Z\"“]))"
)
DATELINE_TOWN = re.compile(r"[A-Z][A-Z '-]+, ")
# No dateline without one of these, or a bracket nearby.
DATELINE_SIGNS = frozenset(",—–-")
# The name of a body goes on with capitalised words: "Centre for Security and Cooperation".
BODY = re.compile(r"(?: (?:(?:of|for|on) (?:the )?|and )?[A-Z][\w'-]*){1,7}")
# Words and spaces alone: no sign of punctuation parts what stands on either side.
UNBROKEN = re.compile(r"(?:'s)?(?: [\w'-]++){0,5}+ ")
JOINER = re.compile(r",? ?(?P<word>and|or|&|to)? (?:the )?")
LISTED = re.compile(r",? (?:and|or|&) |, (?:the )?[A-Z]")
# "in Port Alma, Kenya": a town before, a comma between, and the clause is over.
TOWN = re.compile(r"\b(?:in|at|near|from|outside|of) (?:[A-Z][\w'-]* ?){1,3}, $")
CLOSED = re.compile(r"[,.;:)]|$")
# "A Dane", "an Australian", "in Spanish": with no noun behind, no state.
BARE = frozenset({"a", "an", "in", "any", "every", "another", "many"})
ARTICLES = ("the ", "The ", "THE ")
US = "USA"
# Words with the full stop of an abbreviation: "Sen.", "Rep.".
TOKEN = re.compile(r"(?:gov|rep|sen)\.|\w+")
# "The Iran attack on Iraq": then it is the attacker.
AGAINST = (["on"], ["against"])
OPENING = '"“(['
PUNCTUATION = frozenset('.,;:!?)]"”—–')
# Kinds whose names stand for them whatever the words around.
FIRM = frozenset({"state", "person", "organisation", "armed_group"})
DESCRIBED = frozenset({"person", "generic", "organisation", "armed_group"})


def actors_of(text: str, names: list[Mention], kinds: Mapping[str, str]) -> list[Mention]:
    """Give those of the names in a sentence that stand for their actors.

    Parameters
    ----------
    text : str
        The sentence; characters that print alike have been made one.
    names : list of Mention
        All names in it, in order and disjoint.
    kinds : mapping of str to str
        Kind by actor id.

    Returns
    -------
    list of Mention
    """
    lists = context()
    # A line of capitals calls for every rule.
    simple, hyphens = not text.isupper(), "-" in text
    sentence: _Sentence | None = None
    last, place_before = len(names) - 1, -2
    found = []
    for number, name in enumerate(names):
        start, end, actor_id, role = name
        if simple and not (hyphens and "-" in (text[end : end + 1], text[start - 1 : start])):
            kind = kinds[actor_id]
            following = names[number + 1].start if number < last else len(text) + 3
            actor: bool | None = None
            if kind == "generic":
                actor = True if is_surely_a_group(text, end, actor_id, lists) else None
            elif kind in FIRM:
                if role == "name":
                    actor = True
                elif text[start:end] in lists.surnames:
                    actor = None
                elif role == "adjective":
                    actor = True if is_surely_a_state(text, end, following, lists) else None
                elif place_before != number - 1:
                    place = is_surely_place(text, start, end, following, lists)
                    if place:
                        place_before = number
                        continue
                    actor = None if place is None else True
            if actor:
                found.append(name)
                continue
        if sentence is None:
            sentence = _Sentence(text, names, kinds, lists)
        sentence.place_before = place_before
        if sentence.is_actor(number, name):
            found.append(name)
        place_before = sentence.place_before
    return found


class _Sentence:
    """One sentence with its names.

    Most names are decided by the characters and the words right beside them, so each rule looks at those first and at
    what lies farther off only where they leave it open.
    """

    __slots__ = ("context", "hyphens", "kinds", "names", "place_before", "shouts", "text")

    def __init__(self, text: str, names: list[Mention], kinds: Mapping[str, str], lists: Context) -> None:
        self.text = text
        self.names = names
        self.kinds = kinds
        self.context = lists
        self.hyphens = "-" in text
        self.shouts = text.isupper()
        self.place_before = -2

    def is_actor(self, number: int, name: Mention) -> bool:
        """Tell whether a name stands for its actor; note its number if it is a mere place."""
        kind = self.kinds[name.actor_id]
        if kind == "none" or (self.hyphens and self._is_compounded(name)) or (self.shouts and self._is_word(name)):
            return False
        if name.role != "name" and self._is_namesake(name):
            return False
        if name.role == "place":
            if self._is_place(number, name):
                self.place_before = number
                return False
            return True
        if name.role == "adjective":
            return not self._is_no_state(number, name)
        return not (kind == "generic" and self._is_no_group(number, name))

    def _is_compounded(self, name: Mention) -> bool:
        """Tell whether a hyphen makes it no mention of the actor: "pro-Russian", "Russian-speaking"."""
        text, start, end = self.text, name.start, name.end
        if start and text[start - 1] == "-":
            prefix = PREFIX.search(text, max(0, start - 20), start)
            # "UN" in capitals is no prefix: "the UN-African Union mission".
            if prefix and prefix[1].lower() in self.context.prefixes and (self.shouts or not prefix[1].isupper()):
                return True
        suffix = SUFFIX.match(text, end) if text[end : end + 1] == "-" else None
        return suffix is not None and suffix[1].lower() in self.context.suffixes

    def _is_namesake(self, name: Mention) -> bool:
        """Tell whether it is a person's surname, "Lisa Monaco", or the US state of Georgia."""
        alias = self.text[name.start : name.end]
        if alias not in self.context.surnames:
            return False
        if word_before(self.text, name.start) in self.context.first_names:
            return True
        if alias != "Georgia" or self.context.us_state.isdisjoint(TOKEN.findall(self.text.lower())):
            return False
        named = {other.actor_id for other in self.names if self.kinds[other.actor_id] == "state"}
        return named <= {name.actor_id, US}

    def _is_word(self, name: Mention) -> bool:
        """Tell whether an abbreviation in a line of capitals may be a common word: "WHO IS TO BLAME"."""
        alias = self.text[name.start : name.end].lower()
        if alias not in self.context.shouted or self.text[: name.start].endswith("THE "):
            return False
        following = after(self.text, name.end)[:1]
        if name.role == "place":
            return name.start > 0 and (self.context.state | self.context.shouted_goods).isdisjoint(following)
        return self.context.declares.isdisjoint(following) or "?" in self.text

    def _is_no_group(self, number: int, name: Mention) -> bool:
        """Tell whether a generic word only describes a named group or a thing: "Houthi rebels", "refugee camp"."""
        if name.actor_id in self.context.armed:
            before, following = self._beside(number, -1), self._beside(number, +1)
            if "armed_group" in {self.kinds.get(other.actor_id) for other in (before, following) if other}:
                return True
        if self.text[name.end : name.end + 1] != " ":
            return False
        words = after(self.text, name.end)
        return bool(words) and words[0] in self.context.things

    def _beside(self, number: int, step: int) -> Mention | None:
        """Give the name that stands right before or after, with nothing but a space between."""
        if not 0 <= number + step < len(self.names):
            return None
        left, right = sorted((self.names[number], self.names[number + step]))
        return self.names[number + step] if self.text[left.end : right.start] == " " else None

    def _is_place(self, number: int, name: Mention) -> bool:
        text, context = self.text, self.context
        start, end, _, _ = name
        sign = text[end : end + 1]
        words = self._telling(end) if sign == " " else []
        if start <= LAST_DATELINE and self._is_dateline(start, end, sign):
            return True
        if number + 1 < len(self.names) and (
            (sign in " '" and self._describes(number, words)) or self._is_paired(number, name)
        ):
            return True
        if sign == " ":
            if words:
                if self._is_private(words, context.not_the_capital) or self._is_given_name(name, words):
                    return True
                if words[0] in context.state:
                    return False
                if self._is_scene(name, words):
                    return True
        elif sign == "'" and (possessive := POSSESSIVE.match(text, end)):
            words = after(text, possessive.end())
            if self._is_private(words, context.place_nouns):
                return True
            if not context.landmarks.isdisjoint(words) or "civil war" in " ".join(words):
                return True
            return not context.place_nouns.isdisjoint(words) and self._is_located(start)
        elif sign == "-" and text[end + 1 : end + 2].islower():
            # "US-led", "Iran-backed": what it does, wherever that is.
            return False
        return self._is_located(start) or self._is_listed(number, name) or self._is_address(number, name)

    def _is_scene(self, name: Mention, words: list[str]) -> bool:
        """Tell whether something only happened there: "the Paris attacks"; a "US attack" is by the state."""
        if words[0] == "terror":
            return not self.context.events.isdisjoint(words[1:2])
        if words[0] not in self.context.events or words[1:2] in AGAINST:
            return False
        return self.text[name.end - 1].islower() and self.text[: name.start].endswith(ARTICLES)

    def _telling(self, end: int) -> list[str]:
        """Give the words after a space; the first alone if no rule for places knows it."""
        text = self.text
        stop = text.find(" ", end + 1)
        if stop > 0:
            word = text[end + 1 : stop].lower()
            if word.isalpha() and word not in self.context.telling:
                return [word]
        return after(text, end)

    def _is_dateline(self, start: int, end: int, sign: str) -> bool:
        """Tell whether the sentence begins with where it was written: "KYIV (Agency) -", "NAGOYA, Japan —"."""
        if start and not DATELINE_TOWN.fullmatch(self.text, 0, start):
            return False
        if sign not in DATELINE_SIGNS:
            reach = self.text[end : end + DATELINE_REACH]
            if "(" not in reach and not reach.startswith((" -", " —", " –")):
                return False
        return DATELINE.match(self.text, end) is not None

    def _is_private(self, words: list[str], private: frozenset[str]) -> bool:
        """Tell whether people, culture or a town follow, and no force or office: "border guards" are the state."""
        context = self.context
        for position, word in enumerate(words, start=1):
            if word in private:
                return context.state.isdisjoint(words[position : position + 1])
            if word not in context.people_adjectives and word not in context.compass:
                return False
        return False

    def _describes(self, number: int, words: list[str]) -> bool:
        """Tell whether it only describes the actor named next: "President Vladimir Putin", "Sudanese refugees"."""
        if number + 1 == len(self.names):
            return False
        name, following = self.names[number], self.names[number + 1]
        if following.role != "name":
            return False
        kind = self.kinds[following.actor_id]
        if kind not in DESCRIBED:
            return False
        gap = self.text[name.end : following.start]
        between = self.context.titles if kind == "person" else self.context.people_adjectives
        if gap != " ":
            if kind not in {"person", "generic"} or (words and words[0] not in between):
                return False
            if not UNBROKEN.fullmatch(gap):
                return False
            if not between.issuperset(words_of(gap.removeprefix("'s") if kind == "person" else gap)):
                return False
        return kind != "generic" or following.actor_id not in self.context.state_groups

    def _is_paired(self, number: int, name: Mention) -> bool:
        """Tell whether another name makes it a mere place: "Kyiv, Ukraine", "the Spain-France border"."""
        following = self.names[number + 1]
        if following.start - name.end > 2:
            return False
        gap = self.text[name.end : following.start]
        if gap == ", ":
            return following.actor_id == name.actor_id and following.role == "place"
        if gap in {"-", "–"}:
            return not self.context.place_nouns.isdisjoint(after(self.text, following.end)[:1])
        return False

    def _is_given_name(self, name: Mention, words: list[str]) -> bool:
        """Tell whether a state's name is a person's: "Chad Ellis"."""
        text = self.text
        if not text[name.end + 1].isupper() or text[name.start : name.end] not in self.context.given_names:
            return False
        return words[0] not in self.context.titles and words[0] not in self.context.state and not is_headline(text)

    def _is_located(self, start: int) -> bool:
        """Tell whether a preposition of place or a compass point governs what begins at ``start``."""
        text, context = self.text, self.context
        if start < 2 or text[start - 1] != " ":
            return False
        nearest = True
        while raw := word_before(text, start):
            start -= len(raw) + 1
            word = raw.lower().lstrip(OPENING)
            # "The capital, Kyiv" is the one comma to look across.
            if not word or (word[-1] in PUNCTUATION and word not in context.seats):
                return False
            if word in context.locative:
                return word_before(text, start).lower() not in context.attitude
            if leads_to_place(text, start, word, context) or word in context.reached:
                return True
            if word in context.directions:
                return False
            if nearest and (word in context.seats or word in context.compass):
                return True
            if word == "of" and word_before(text, start).lower() in context.not_the_capital:
                return True
            if word not in context.between and word not in context.compass:
                return False
            nearest = False
        return False

    def _is_listed(self, number: int, name: Mention) -> bool:
        """Tell whether it goes on with a list of places: "in Serbia, Iran and the Czech Republic"."""
        if number == 0 or self.place_before != number - 1:
            return False
        before = self.names[number - 1]
        if self.text[before.end : name.start] in {"-", "–"}:
            return True
        joiner = JOINER.fullmatch(self.text, before.end, name.start)
        if joiner is None:
            return False
        # After a mere comma a list must go on; otherwise the sentence does: "In Mali, France withdrew".
        return bool(joiner["word"]) or before.actor_id == name.actor_id or LISTED.match(self.text, name.end) is not None

    def _is_address(self, number: int, name: Mention) -> bool:
        """Tell whether the name closes an address: "in Port Alma, Kenya"."""
        if self.text[name.start - 2 : name.start] != ", " or not CLOSED.match(self.text, name.end):
            return False
        if number and self.names[number - 1].end == name.start - 2:
            return False
        return TOWN.search(self.text, max(0, name.start - 60), name.start) is not None

    def _is_no_state(self, number: int, name: Mention) -> bool:
        """Tell whether an adjective describes private people, culture, a town or another actor."""
        text, context = self.text, self.context
        end = name.end
        if text.startswith(ARTICLES, name.start):
            return False
        sign = text[end : end + 1]
        if sign == "'" and POSSESSIVE.match(text, end):
            return False
        words = after(text, end) if sign == " " else []
        if sign in " '" and self._describes(number, words):
            return True
        if not words or words[0] in {"and", "or", "but"}:
            before = word_before(text, name.start).lower()
            if before in context.predicates:
                return True
            # What stands in quotation marks behind it belongs to it: 'a Russian "threat"'.
            if not words and before in BARE and not text.startswith((' "', " “"), end):
                return True
            # "Syrian and African refugees".
            return self._is_private(words[2:], context.not_the_state)
        if words[0] in context.of_persons and not words[0].startswith("who"):
            return word_before(text, name.start).lower() in BARE
        if words[0] in context.of_persons:
            return True
        if words[0] in context.owners:
            return True
        return self._is_private(words, context.not_the_state) or self._is_in_body(end)

    def _is_in_body(self, end: int) -> bool:
        """Tell whether the adjective begins the name of a body of its own: "Ukrainian Centre for Security"."""
        run = BODY.match(self.text, end)
        if run is None:
            return False
        for word in words_of(run.group()):
            if word in self.context.state:
                return False
            if word in self.context.bodies:
                # In a headline every word is raised, so the words of a name cannot be told from others.
                return not is_headline(self.text[:end] + self.text[run.end() :])
        return False

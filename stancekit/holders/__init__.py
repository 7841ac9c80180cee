"""Whose view a sentence gives of an actor: the narrator's, or that of somebody it quotes.

Rules over words, no model: quotations are followed through the text, and verbs and phrases of saying and judging
(``holders.toml``) tell who holds what. A mention that stands in what somebody says is attributed to him; one that
stands in the phrase that names the speaker is the narrator's, for the speaker merely speaks.

From the ground up: `vocabulary` holds the words, `quotations` the stretches in quotation marks; `reading` splits a
sentence into words, `phrases` finds noun phrases in it and `clauses` the subjects of verbs; `saying` and `judging`
hold the rules, `sentence` brings them together, and `attribution` follows speakers through the text.
"""

from stancekit.holders.attribution import NARRATOR, Attribution, attribute, per_actor

__all__ = ["NARRATOR", "Attribution", "attribute", "per_actor"]

"""Explanation: what each phrase adds to a decision, and which phrases make the difference between two groups of rows.

A decision value is ``b`` plus the sum of ``W * value`` over the phrases of a sentence. So nothing here is estimated:
every account adds up to what the model says.
"""

from stancekit.explanation.accounts import Explanation, explain
from stancekit.explanation.comparing import Comparison, compare
from stancekit.explanation.rows import actor_rows, group_values, sentence_rows

__all__ = ["Comparison", "Explanation", "actor_rows", "compare", "explain", "group_values", "sentence_rows"]

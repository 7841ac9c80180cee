"""The three questions that are asked of a sentence, and their labels in the order in which frames list them.

Estimators keep scikit-learn's sorted ``classes_``; frames, tables and reports use the order given here.
"""

from dataclasses import dataclass

__all__ = ["FRAMES", "FRAMING", "SENTIMENT", "STANCE", "TASKS", "Task"]


@dataclass(frozen=True)
class Task:
    """A question with its labels.

    Attributes
    ----------
    name : str
        ``"stance"``, ``"sentiment"`` or ``"framing"``.
    labels : tuple of str
        In the order of the columns of frames.
    unit : str
        What one row is: ``"target"`` (a sentence and an actor) or ``"sentence"``.
    multilabel : bool
        Whether each label is a flag of its own, rather than one choice among all.
    """

    name: str
    labels: tuple[str, ...]
    unit: str
    multilabel: bool


STANCE = Task("stance", ("favor", "neutral", "against"), unit="target", multilabel=False)
SENTIMENT = Task("sentiment", ("positive", "neutral", "negative"), unit="sentence", multilabel=False)
FRAMING = Task("framing", ("humanitarian", "tactical"), unit="sentence", multilabel=True)

TASKS: dict[str, Task] = {task.name: task for task in (STANCE, SENTIMENT, FRAMING)}

FRAMES: tuple[str, ...] = ("humanitarian", "tactical", "both", "neither")
"""The frame that follows from the two framing flags."""

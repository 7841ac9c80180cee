"""Accounts for people: coloured words with the phrases that weigh most, for terminals and notebooks."""

from collections.abc import Iterator
from html import escape
from typing import TYPE_CHECKING, Any

import click
from tabulate import tabulate

from stancekit.errors import InputError

if TYPE_CHECKING:
    from stancekit.explanation.accounts import Explanation

__all__ = ["shown_labels", "to_html", "to_text"]

FAINT = 0.15
STRONG = 0.5
# Told apart by people who see red and green as one; the signs of the table say it without any colour.
FOR, AGAINST = "0,114,178", "213,94,0"


def shown_labels(explanation: "Explanation", row: int, label: Any = None) -> list[Any]:
    """Choose whose decision values are shown for a row.

    Parameters
    ----------
    explanation : Explanation
        All of it.
    row : int
        The row.
    label : str, optional
        What a user asked for.

    Returns
    -------
    list
        The label asked for; otherwise the predicted one, of two classes the one with a decision value, of flags all.

    Raises
    ------
    InputError
        If the label has no decision value.
    """
    known = list(explanation.decisions["label"].cat.categories)
    if label is not None:
        if label not in known:
            raise InputError(f"label must be one of {', '.join(map(str, known))}, got {label!r}")
        return [label]
    predicted = explanation.rows["label"].iloc[row]
    flags = bool(explanation.decisions["threshold"].notna().any())
    return known if flags or predicted not in known else [predicted]


def to_text(explanation: "Explanation", *, label: Any = None, top: int = 10, color: bool = False) -> str:
    """Write an account for a terminal.

    Parameters
    ----------
    explanation : Explanation
        What is shown.
    label : str, optional
        As in :func:`shown_labels`.
    top : int, default 10
        Phrases per row and label; 0 for all.
    color : bool, default False
        Whether to colour words.

    Returns
    -------
    str
        Several lines per row.

    Raises
    ------
    InputError
        If the label or ``top`` cannot be used.
    """
    blocks = []
    for row, name, decision, words, phrases in _views(explanation, label, top):
        text = _styled(explanation, row, words) if color else explanation.texts[row]
        table = [[f"{p.contribution:+.3f}", p.phrase, p.template, f"{p.start}-{p.end}", p.text] for p in phrases]
        more = decision["n"] - len(phrases)
        if more:
            table.append([f"{decision['contributions'] - sum(p.contribution for p in phrases):+.3f}", f"{more} more"])
        listed = tabulate(
            table,
            headers=["adds", "phrase", "template", "place", "text"],
            colalign=("right",) if table else None,
            disable_numparse=True,
        )
        blocks.append("\n".join([text, *_summary(explanation, row, name, decision), *([listed] if table else [])]))
    return "\n\n".join(blocks)


def to_html(explanation: "Explanation", *, label: Any = None, top: int = 10, most: int | None = None) -> str:
    """Write an account for a notebook or page.

    Parameters
    ----------
    explanation : Explanation
        What is shown.
    label : str, optional
        As in :func:`shown_labels`.
    top : int, default 10
        Phrases per row and label; 0 for all.
    most : int, optional
        Rows that are shown; the rest is counted.

    Returns
    -------
    str
        HTML.

    Raises
    ------
    InputError
        If the label or ``top`` cannot be used.
    """
    parts = ['<div class="stancekit-explanation">']
    for row, name, decision, words, phrases in _views(explanation, label, top, most):
        parts.append(f'<p style="line-height:1.8">{_marked(explanation, row, words)}</p>')
        parts.extend(f"<p>{escape(line)}</p>" for line in _summary(explanation, row, name, decision))
        head = "".join(f"<th>{title}</th>" for title in ("adds", "phrase", "template", "place", "text"))
        body = "".join(
            f"<tr><td>{p.contribution:+.3f}</td><td>{escape(p.phrase)}</td><td>{escape(p.template)}</td>"
            f"<td>{p.start}-{p.end}</td><td>{escape(p.text)}</td></tr>"
            for p in phrases
        )
        more = decision["n"] - len(phrases)
        rest = decision["contributions"] - sum(p.contribution for p in phrases)
        tail = f'<tr><td>{rest:+.3f}</td><td colspan="4">{more} more</td></tr>' if more else ""
        if body:
            parts.append(f"<table><thead><tr>{head}</tr></thead><tbody>{body}{tail}</tbody></table>")
    hidden = 0 if most is None else len(explanation.texts) - most
    if hidden > 0:
        parts.append(f"<p>{hidden} more rows; html() shows all</p>")
    parts.append("</div>")
    return "\n".join(parts)


def _views(
    explanation: "Explanation", label: Any, top: int, most: int | None = None
) -> Iterator[tuple[int, Any, dict[str, Any], list[Any], list[Any]]]:
    """Give row, label, decision, words and the largest contributions of everything that is shown."""
    if not isinstance(top, int) or isinstance(top, bool) or top < 0:
        raise InputError(f"top must be a number of phrases, or 0 for all, got {top!r}")
    keys = ["row", "label"]
    decisions: dict[Any, dict[Any, Any]] = {(d["row"], d["label"]): d for d in explanation.decisions.to_dict("records")}
    words = dict(iter(explanation.words.groupby(keys, observed=True, sort=False)))
    parts = dict(iter(explanation.contributions.groupby(keys, observed=True, sort=False)))
    shown = len(explanation.texts) if most is None else min(most, len(explanation.texts))
    for row in range(shown):
        for name in shown_labels(explanation, row, label):
            found = parts.get((row, name), explanation.contributions.iloc[:0])
            found = found.loc[found["contribution"].abs().sort_values(ascending=False, kind="stable").index]
            decision = decisions[row, name] | {"n": len(found)}
            yield (
                row,
                name,
                decision,
                list(words.get((row, name), explanation.words.iloc[:0]).itertuples()),
                list((found.head(top) if top else found).itertuples()),
            )


def _summary(explanation: "Explanation", row: int, name: Any, decision: dict[str, Any]) -> list[str]:
    entry = explanation.rows.iloc[row]
    mentions = [explanation.texts[row][start:end] for start, end in explanation.spans[row]]
    about = f" for {mentions[0]}" if mentions else ""
    threshold = decision["threshold"]
    # Of classes, which have none, the most probable is said.
    since = "" if threshold != threshold else f", on from {threshold:.3f}"
    lines = [
        f"predicted{about}: {entry['label']}; probability of {name}: {decision['probability']:.3f}{since}",
        (
            f"decision value of {name}: {decision['decision']:+.3f} = bias {decision['bias']:+.3f} "
            f"and phrases {decision['contributions']:+.3f}"
        ),
    ]
    likelier = _likelier(entry)
    if likelier is not None and not since:
        other, probability = likelier
        lines.append(f"{other} is more probable ({probability:.3f}); rarer labels are said from less on (thresholds_).")
    if not entry["known_terms"]:
        lines.append("The model knows no content word of this sentence: the answer is its prior.")
    return lines


def _likelier(entry: Any) -> tuple[str, float] | None:
    """Give the most probable label where it is not the one that is said."""
    said = f"p_{entry['label']}"
    proba = {name: entry[name] for name in entry.index if name.startswith("p_")}
    most = max(proba, key=lambda name: proba[name])
    return (most.removeprefix("p_"), proba[most]) if said in proba and proba[most] > proba[said] else None


def _strengths(words: list[Any]) -> list[float]:
    """Give what each word adds, as a share of the largest."""
    largest = max((abs(word.contribution) for word in words), default=0.0)
    return [word.contribution / largest if largest else 0.0 for word in words]


def _pieces(explanation: "Explanation", row: int, words: list[Any]) -> Iterator[tuple[str, float, bool, float]]:
    """Cut a text into words and what stands between them: text, strength, whether it is the target, contribution."""
    text, free = explanation.texts[row], 0
    for word, strength in zip(words, _strengths(words), strict=True):
        if word.start > free:
            yield text[free : word.start], 0.0, False, 0.0
        target = any(word.start < end and start < word.end for start, end in explanation.spans[row])
        yield text[word.start : word.end], strength, target, word.contribution
        free = word.end
    if free < len(text):
        yield text[free:], 0.0, False, 0.0


def _styled(explanation: "Explanation", row: int, words: list[Any]) -> str:
    styled = []
    for text, strength, target, _ in _pieces(explanation, row, words):
        colour = None if abs(strength) < FAINT else "blue" if strength > 0 else "yellow"
        bold = abs(strength) >= STRONG
        styled.append(
            click.style(text, fg=colour, bold=bold or None, underline=target or None) if colour or target else text
        )
    return "".join(styled)


def _marked(explanation: "Explanation", row: int, words: list[Any]) -> str:
    marked = []
    for text, strength, target, contribution in _pieces(explanation, row, words):
        piece = f"<u>{escape(text)}</u>" if target else escape(text)
        if strength:
            colour = f"rgba({FOR if strength > 0 else AGAINST},{0.6 * abs(strength):.2f})"
            piece = f'<span style="background:{colour}" title="{contribution:+.3f}">{piece}</span>'
        marked.append(piece)
    return "".join(marked)

"""Stance toward each actor, sentiment and framing of every sentence of news, with TF-IDF and linear models."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from stancekit._version import __version__

if TYPE_CHECKING:
    from stancekit.actors import Catalogue
    from stancekit.classifiers import FramingClassifier, SentimentClassifier, StanceClassifier
    from stancekit.errors import StancekitError
    from stancekit.models import load_model, save_model
    from stancekit.scoring import Scorer, Scores

__all__ = [
    "Catalogue",
    "FramingClassifier",
    "Scorer",
    "Scores",
    "SentimentClassifier",
    "StanceClassifier",
    "StancekitError",
    "__version__",
    "load_model",
    "save_model",
]

# Names are loaded when they are first used, so that `import stancekit` does not wait for scikit-learn.
_HOMES = {
    "Catalogue": "stancekit.actors",
    "FramingClassifier": "stancekit.classifiers",
    "SentimentClassifier": "stancekit.classifiers",
    "StanceClassifier": "stancekit.classifiers",
    "StancekitError": "stancekit.errors",
    "load_model": "stancekit.models",
    "save_model": "stancekit.models",
    "Scorer": "stancekit.scoring",
    "Scores": "stancekit.scoring",
}


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'stancekit' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)

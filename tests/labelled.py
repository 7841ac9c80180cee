"""A small labelled set of invented sentences, and tiny parts, so that tests train in milliseconds."""

import pandas as pd

from stancekit import FramingClassifier, SentimentClassifier, StanceClassifier
from stancekit.actors import Catalogue
from stancekit.features import Masker
from stancekit.lexicon import RoleLexicon

CATALOGUE = Catalogue.from_frame(
    pd.DataFrame(
        {
            "actor_id": ["AAA", "BBB", "CCC", "leader", "guild", "civilians", "rebels"],
            "name": ["Arvonia", "Belmark", "Cordova", "Mara Tolin", "Healers Guild", "civilians", "rebels"],
            "kind": ["state", "state", "state", "person", "organisation", "generic", "generic"],
        }
    )
)

# Target, sentence, stance, sentiment, humanitarian, tactical; rows of one number are of one article.
ROWS = [
    (0, "Arvonia", "Nurses praised Arvonia for opening the clinic.", "favor", "positive", 1, 0),
    (0, "Belmark", "Villagers blamed Belmark for burning the clinic.", "against", "negative", 1, 0),
    (1, "Cordova", "Cordova moved two tanks to the bridge.", "neutral", "neutral", 0, 1),
    (1, "Arvonia", "Arvonia bombed a school and killed pupils.", "against", "negative", 1, 1),
    (2, "Belmark", "The bishop thanked Belmark for its brave rescue.", "favor", "positive", 1, 0),
    (2, "Cordova", "The talks in the capital of Cordova go on today.", "neutral", "neutral", 0, 0),
    (3, "Arvonia", "The court accused Arvonia of cruel torture.", "against", "negative", 1, 0),
    (3, "Belmark", "Belmark fired three rockets at the ridge.", "neutral", "neutral", 0, 1),
    (4, "Cordova", "Families praised Cordova for its generous shelter.", "favor", "positive", 1, 0),
    (4, "Arvonia", "A minister of Arvonia met a minister of Belmark.", "neutral", "neutral", 0, 0),
    (5, "Belmark", "Doctors accused Belmark of starving the town.", "against", "negative", 1, 0),
    (5, "Cordova", "Cordova rescued forty sailors and treated them well.", "favor", "positive", 1, 0),
    (6, "Arvonia", "Arvonia sent a brigade to the border.", "neutral", "neutral", 0, 1),
    (6, "Belmark", "Witnesses blamed Belmark for shelling the market.", "against", "negative", 1, 1),
    (7, "Cordova", "The mayor thanked Cordova for food and medicine.", "favor", "positive", 1, 0),
    (7, "Arvonia", "The ship left Arvonia with a load of grain.", "neutral", "neutral", 0, 0),
    (8, "Belmark", "Critics called the army of Belmark brutal and corrupt.", "against", "negative", 0, 1),
    (8, "Cordova", "Observers hailed Cordova as a fair broker.", "favor", "positive", 0, 0),
    (9, "Arvonia", "Refugees thanked Arvonia for warm blankets.", "favor", "positive", 1, 0),
    (9, "Belmark", "Belmark holds the hill with two batteries.", "neutral", "neutral", 0, 1),
    (10, "Cordova", "Survivors blamed Cordova for the massacre.", "against", "negative", 1, 0),
    (10, "Arvonia", "Engineers of Arvonia tested a new radar.", "neutral", "neutral", 0, 1),
    (11, "Belmark", "Teachers praised Belmark for a wise and honest law.", "favor", "positive", 0, 0),
    (11, "Cordova", "The panel accused Cordova of lying about the raid.", "against", "negative", 0, 1),
    (12, "Arvonia", "Arvonia will vote on a budget in the spring.", "neutral", "neutral", 0, 0),
    (12, "Belmark", "Belmark killed nine shoppers in a cruel attack.", "against", "negative", 1, 1),
    (13, "Cordova", "Aid workers praised Cordova for a safe corridor.", "favor", "positive", 1, 0),
    (13, "Arvonia", "The envoy of Arvonia arrived by train.", "neutral", "neutral", 0, 0),
    (14, "Belmark", "Lawyers accused Belmark of robbing prisoners.", "against", "negative", 1, 0),
    (14, "Cordova", "Cordova moved its guns behind the ridge.", "neutral", "neutral", 0, 1),
    (15, "Arvonia", "Neighbours hailed Arvonia for a brave and kind act.", "favor", "positive", 0, 0),
    (15, "Belmark", "The map shows the north of Belmark.", "neutral", "neutral", 0, 0),
    (16, "Cordova", "Monks blamed Cordova for a shameful betrayal.", "against", "negative", 0, 0),
    (16, "Arvonia", "Parents thanked Arvonia for saving their children.", "favor", "positive", 1, 0),
    (17, "Belmark", "Belmark fired on the convoy from the bridge.", "neutral", "neutral", 0, 1),
    (17, "Cordova", "Judges praised Cordova for honest trials.", "favor", "positive", 0, 0),
    (18, "Arvonia", "Farmers accused Arvonia of stealing their grain.", "against", "negative", 0, 0),
    (18, "Belmark", "Belmark and Cordova share a long border.", "neutral", "neutral", 0, 0),
    (19, "Cordova", "Cordova bombed the hospital and lied about it.", "against", "negative", 1, 1),
    (19, "Arvonia", "Patients praised Arvonia for good care.", "favor", "positive", 1, 0),
]


def frame():
    """The set as one frame: targets with their spans, and all labels."""
    columns = ["article", "target", "text", "label", "sentiment", "humanitarian", "tactical"]
    rows = pd.DataFrame(ROWS, columns=columns)
    rows["start"] = [text.index(target) for text, target in zip(rows["text"], rows["target"], strict=True)]
    rows["end"] = rows["start"] + rows["target"].str.len()
    rows["article_id"] = "a" + rows["article"].astype(str)
    return rows.drop(columns=["article", "target"])


def targets(*marked):
    """A frame of sentences in which brackets mark the target: ``"[Arvonia] fell."``."""
    rows = []
    for text in marked:
        spans, plain = [], ""
        for piece in text.split("["):
            inside, closed, rest = piece.partition("]")
            if closed:
                spans.append((len(plain), len(plain) + len(inside)))
            plain += inside + rest
        rows.append({"text": plain, "start": spans[0][0], "end": spans[0][1], "spans": spans})
    return pd.DataFrame(rows)


ROLES = """\
lemma,pos,doer,done,about,frame,forms
praise,v,1,2,0,,
blame,v,0,-2,0,,
nurse,n,0,0,1,h,
"""

CLASSES = {"stance": StanceClassifier, "sentiment": SentimentClassifier, "framing": FramingClassifier}


def make(task, **arguments):
    """An unfitted classifier with small settings."""
    settings = {"min_df": 1, "calibration_folds": 2, "catalogue": CATALOGUE} | arguments
    return CLASSES[task](**settings)


def data(task):
    """X and y of a task."""
    rows = frame()
    if task == "stance":
        return rows[["text", "start", "end", "article_id"]], rows["label"].to_numpy(dtype=str)
    if task == "sentiment":
        return rows[["text", "article_id"]], rows["sentiment"].to_numpy(dtype=str)
    return rows[["text", "article_id"]], rows[["humanitarian", "tactical"]].to_numpy()


def tiny(task="stance", labels=None):
    """A fitted model whose every file is a few hundred bytes at most, for tests that touch each byte."""
    X, y = data(task)
    X, y = X.iloc[:12], (y if labels is None else labels)[:12]
    model = make(task, calibration_folds=0).fit(X, y)
    vectorizer = model.vectorizer_
    vectorizer.masker_ = Masker(CATALOGUE, frozenset({"the", "clinic", "nurses"}))
    vectorizer.ratings_ = {"praised": 0.5, "blamed": -0.5}
    # The lexicon that comes with the package is a hundred times the rest together.
    vectorizer.roles_ = RoleLexicon.from_csv(ROLES)
    keep = [column for column, (_, key) in enumerate(vectorizer.features_) if "praised" in key or key in {"+", "-"}]
    vectorizer.features_ = [vectorizer.features_[column] for column in keep]
    vectorizer.idf_ = vectorizer.idf_[keep]
    vectorizer.index()
    model.coef_ = model.coef_[:, keep]
    return model

"""Write stancekit/features/words.txt: common nouns, verbs and the like, no names even where they are capitalised.

Counted over news texts: a word is taken if it stands in at least ``--documents`` of them and is written in lower case
in at least half of its places within sentences. Only the words are written, no text. Run as::

    python tools/word_list.py ../shared/data/unlabelled/articles.jsonl
"""

import argparse
import collections
import json
import re
import sys
from pathlib import Path

TOKEN = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*|[.!?:\"“”\n]")
TARGET = Path(__file__).parent.parent / "stancekit" / "features" / "words.txt"


def main() -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("articles", type=Path, help="JSONL with a text per line")
    parser.add_argument("--documents", type=int, default=5, help="in how many articles a word must stand")
    options = parser.parse_args()
    if not options.articles.exists():
        print(f"{options.articles} is not there: the word list stays as it is")
        return 0
    lower: collections.Counter[str] = collections.Counter()
    upper: collections.Counter[str] = collections.Counter()
    documents: collections.Counter[str] = collections.Counter()
    with options.articles.open(encoding="utf-8") as lines:
        for line in lines:
            seen, opens = set(), True
            for token in TOKEN.findall(json.loads(line)["text"].replace("’", "'")):
                if not token[0].isalpha():
                    opens = True
                    continue
                word = token.lower()
                if token[0].islower():
                    lower[word] += 1
                    seen.add(word)
                elif not opens:
                    upper[word] += 1
                opens = False
            documents.update(seen)
    words = sorted(
        word for word, count in documents.items() if count >= options.documents and lower[word] >= upper[word]
    )
    TARGET.write_text("\n".join(words) + "\n", encoding="utf-8")
    print(f"{len(words)} words to {TARGET}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Runs: articles from files into a folder of tables, part by part, so that a run that was killed can go on.

While a run lasts, the output folder holds ``parts/``: what the run is to do (``plan.json``, ``inputs.jsonl``) and a
folder for each portion that is scored, made aside and renamed, so that it is there whole or not at all. In the end the
parts are merged to the tables, ``run.json`` is written, and ``parts/`` goes.
"""

from stancekit.runs.running import Run, score_files

__all__ = ["Run", "score_files"]

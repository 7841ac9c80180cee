"""How many processes are meant."""

from typing import Any

from joblib import effective_n_jobs

from stancekit.errors import InputError

__all__ = ["process_count"]


def process_count(jobs: Any) -> int:
    """Say how many processes are meant.

    Parameters
    ----------
    jobs : int
        Processes; -1 for as many as there are cores, -2 for all but one.

    Returns
    -------
    int
        At least 1.

    Raises
    ------
    InputError
        If it is no whole number, or 0.
    """
    whole = hasattr(jobs, "__index__") and not isinstance(jobs, bool)
    if not whole or int(jobs) == 0:
        raise InputError(f"jobs must be a whole number of processes, or -1 for all cores, got {jobs!r}")
    return int(effective_n_jobs(int(jobs)))

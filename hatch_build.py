"""Builds the native module on installation; without a compiler the package is installed without it, and is slower."""

import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from setuptools import Distribution, Extension
from setuptools.command.build_ext import build_ext
from setuptools.errors import BaseError

NAME = "stancekit._native"


class NativeHook(BuildHookInterface):  # type: ignore[type-arg]
    """Compile ``native/module.cpp`` into the wheel, or beside the sources of an editable installation."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile, and say what the wheel holds besides."""
        root = Path(self.root)
        self.scratch = tempfile.TemporaryDirectory()
        folder = root if version == "editable" else Path(self.scratch.name)
        try:
            built = compiled(root, folder, Path(self.scratch.name) / "objects")
        except BaseError as error:
            sys.stderr.write(f"stancekit is installed without its native module and will be slower: {error}\n")
            return
        build_data["pure_python"] = False
        build_data["infer_tag"] = True
        if version != "editable":
            build_data["force_include"][str(built)] = str(built.relative_to(folder))

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:  # noqa: ARG002 - the interface
        """Remove what was only needed on the way."""
        self.scratch.cleanup()


def compiled(root: Path, folder: Path, objects: Path) -> Path:
    """Compile the module into a folder.

    Parameters
    ----------
    root : Path
        Of the repository.
    folder : Path
        Into which ``stancekit/_native...`` goes.
    objects : Path
        For what the compiler leaves on the way.

    Returns
    -------
    Path
        The module.

    Raises
    ------
    setuptools.errors.BaseError
        If there is no compiler, or it fails.
    """
    windows = sys.platform == "win32"
    extension = Extension(
        NAME,
        [str(root / "native" / "module.cpp")],
        depends=[str(path) for path in sorted((root / "native").glob("*.hpp"))],
        extra_compile_args=["/std:c++17", "/O2"] if windows else ["-std=c++17", "-O3"],
        language="c++",
    )
    command = build_ext(Distribution({"name": "stancekit", "ext_modules": [extension]}))
    command.build_lib, command.build_temp, command.force = str(folder), str(objects), True
    command.ensure_finalized()
    command.run()
    return Path(command.get_ext_fullpath(NAME))

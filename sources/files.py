"""Writing a file whole or not at all, hashing one, and reading a declaration.

Here: the one way in which a file that a later run trusts comes into being, and in which YAML is read. Not here: what any file
holds. The other rooms use this too.
"""

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict
from yaml.constructor import ConstructorError


@contextmanager
def written_whole(path: Path) -> Iterator[Path]:
    """A temporary name beside ``path`` to write under; once it is on disk it takes the place of ``path`` in one step.

    A crash at any moment leaves the old file or the new one, never a part. What fails leaves nothing.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        yield partial
        with open(partial, "rb") as handle:
            os.fsync(handle.fileno())
        os.replace(partial, path)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise
    fsync_folder(path.parent)


def write_whole(path: Path, content: bytes | str) -> None:
    """Write a small file whole or not at all; text as UTF-8."""
    with written_whole(path) as partial:
        partial.write_bytes(content.encode() if isinstance(content, str) else content)


def fsync_folder(folder: Path) -> None:
    """Make a rename in this folder survive a power cut (and the content of a file, where one is named)."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def file_digest(file: Path) -> str:
    """SHA-256 of a file as hex."""
    with open(file, "rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


class Declared(BaseModel):
    """Base of all that a YAML file declares: an unknown key is an error, so that a misspelt one cannot be overlooked."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class _EveryKeyOnce(yaml.CSafeLoader):
    """YAML whose mappings say each key once: of two, the parser would take the last without a word."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen = set()
        for key in (key for key, _ in node.value if isinstance(key, yaml.ScalarNode)):
            if (key.tag, key.value) in seen:
                raise ConstructorError(
                    problem=f"{key.value!r} stands twice in one mapping", problem_mark=key.start_mark
                )
            seen.add((key.tag, key.value))
        return super().construct_mapping(node, deep)


def read_yaml(path: Path) -> Any:
    """A YAML file by the C parser: safe as safe_load is, in a tenth of the time.

    Raises yaml.YAMLError, which names the line, also where a mapping says a key twice.
    """
    return yaml.load(path.read_text(encoding="utf-8"), Loader=_EveryKeyOnce)

"""Where ontology, shapes and queries are: beside the package, or inside it in a wheel."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
_WHEEL = _PACKAGE / "share"
ROOT = _PACKAGE.parent
"""The checkout; in a wheel there is none, and only what is below `share` exists."""


def _folder(name: str) -> Path:
    return (_WHEEL if _WHEEL.is_dir() else ROOT) / name


def ontology_files() -> list[Path]:
    """The Turtle modules of the ontology, in a fixed order."""
    return sorted(_folder("ontology").glob("*.ttl"))


def context_file() -> Path:
    """The one JSON-LD context."""
    return _folder("ontology") / "context.jsonld"


def frame_files() -> dict[str, Path]:
    """The JSON-LD frame of each class that has one, by its name, in the order of names."""
    files = sorted((_folder("ontology") / "frames").glob("*.jsonld"))
    return {file.stem: file for file in files}


def shapes_files() -> list[Path]:
    """The SHACL shapes, a file a class, in a fixed order."""
    return sorted(_folder("shapes").glob("*.ttl"))


def queries(kind: str) -> list[Path]:
    """The queries of one kind: `examples`, `competency`, `audit` or `steward`."""
    return sorted((_folder("queries") / kind).glob("*.rq"))

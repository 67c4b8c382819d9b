"""Sources as they are, and as they would be with one thing changed."""

import shutil
from pathlib import Path

from pyoxigraph import Triple

from ocsea.resources import ROOT
from ocsea.sources import Loader, Source, load_source, open_sources


def opened(stem: str) -> tuple[Source, Loader]:
    """A source of this checkout and its loader."""
    return next(pair for pair in open_sources(ROOT) if pair[0].stem == stem)


def load_changed(folder: Path, path: str, old: str, new: str) -> list[Triple]:
    """Load a source from a copy in `folder` in which `old` became `new` in `path`.

    `path` is as below `data/`: `study2015/counts.csv`. Only the first `old` is changed.
    """
    stem = path.split("/")[0]
    for name in {"states", stem}:
        shutil.copytree(ROOT / "data" / name, folder / "data" / name)
    (folder / "loaders").mkdir()
    for suffix in ("yml", "py"):
        shutil.copy(ROOT / "loaders" / f"{stem}.{suffix}", folder / "loaders")
    changed = folder / "data" / path
    text = changed.read_text(encoding="utf-8")
    assert old in text
    changed.write_text(text.replace(old, new, 1), encoding="utf-8")
    [(source, load)] = open_sources(folder)
    return load_source(source, load)

"""Where things live. `.run/` is this checkout's own directory for data, logs, passwords and locks; git ignores it."""

import contextlib
import os
from pathlib import Path

from waymark.local.console import LocalError

ROOT = Path(__file__).resolve().parents[2]


def run_dir() -> Path:
    """`.run/` of this checkout. WAYMARK_RUN moves it (tests run several demos of one checkout side by side)."""
    return Path(os.environ.get("WAYMARK_RUN") or ROOT / ".run").resolve()


def make_dir(path: Path) -> Path:
    """Create `path` so that PostgreSQL, which never runs as root, can pass through it but not list it."""
    missing = [p for p in (path, *path.parents) if not p.exists()]
    try:
        path.mkdir(parents=True, exist_ok=True)
        for created in missing:
            created.chmod(0o711)
    except OSError as error:
        raise LocalError(f"Cannot create the directory {path}: {error.strerror}. Choose another with --data.") from None
    return path


def write_private(path: Path, text: str) -> None:
    """Write `text` atomically into a file only its owner can read."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    with contextlib.suppress(FileNotFoundError):
        temporary.unlink()
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)

"""Whether a window can open at all: Qt ends the whole process where it cannot, so this is asked before."""

from __future__ import annotations

import ctypes
import importlib.util
import os
import sys
from collections.abc import Mapping
from pathlib import Path

_INSTEAD = "use `quantscope chat demo` to chat in the terminal."
_PLUGINS = Path("Qt", "plugins", "platforms")


def display_problem(environment: Mapping[str, str] = os.environ) -> str | None:
    """One sentence that says why no window can open here and what to do, or None if one can."""
    if importlib.util.find_spec("PySide6") is None:
        return f"The window needs PySide6, which is not installed; install it, or {_INSTEAD}"
    if not sys.platform.startswith("linux") or environment.get("QT_QPA_PLATFORM"):
        return None
    if _wayland_socket(environment).is_socket():
        return None
    name = environment.get("DISPLAY")
    if not name:
        return f"There is no display to open a window on; {_INSTEAD}"
    return _missing_library() or _x11_problem(name)


def _wayland_socket(environment: Mapping[str, str]) -> Path:
    return Path(environment.get("XDG_RUNTIME_DIR", "/"), environment.get("WAYLAND_DISPLAY", ""))


def _missing_library() -> str | None:
    """Load Qt's X11 plugin as Qt would: the loader names the library that is missing."""
    spec = importlib.util.find_spec("PySide6")
    folders = spec.submodule_search_locations if spec is not None else None
    try:
        for folder in folders or ():
            ctypes.CDLL(str(Path(folder) / _PLUGINS / "libqxcb.so"))
    except OSError as error:
        library = str(error).partition(":")[0]
        return f"The window needs {library}, which is missing: `make run` installs it; or {_INSTEAD}"
    return None


def _x11_problem(name: str) -> str | None:
    xcb = ctypes.CDLL("libxcb.so.1")
    xcb.xcb_connect.restype = ctypes.c_void_p
    xcb.xcb_connection_has_error.argtypes = [ctypes.c_void_p]
    xcb.xcb_disconnect.argtypes = [ctypes.c_void_p]
    connection = xcb.xcb_connect(name.encode(), None)
    failed = xcb.xcb_connection_has_error(connection)
    xcb.xcb_disconnect(connection)
    return f"The display '{name}' cannot be opened; {_INSTEAD}" if failed else None

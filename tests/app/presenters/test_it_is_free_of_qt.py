from __future__ import annotations

import subprocess
import sys


def test_presenters_run_without_qt() -> None:
    code = (
        "import importlib, pkgutil, sys, app.presenters as package\n"
        "for module in pkgutil.iter_modules(package.__path__, 'app.presenters.'):\n"
        "    importlib.import_module(module.name)\n"
        "print(*(name for name in sys.modules if name.startswith(('PySide6', 'pyqtgraph', 'wgpu'))))\n"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == ""

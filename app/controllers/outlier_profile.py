"""The profile of one site under remedies, computed beside the window's thread."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QObject, Slot

from app.presenters.outlier_profile import ProfileWork, RemedyPick, profile_frame
from app.worker import Worker
from gpu.probes.captured import Capture
from views.frames.outliers import ProfileFrame
from views.outliers.profile import ProfilePage

_STOP_S = 1.0
_NOTHING = ProfileFrame(note="Click a channel in the map to see the profile of its site.")
Post = Callable[[object], None]


class ProfileController(QObject):
    """Follows the sliders; the newest pick counts."""

    def __init__(self, page: ProfilePage) -> None:
        super().__init__(page)
        self._page = page
        self._worker = Worker("profile", self)
        self._pick = RemedyPick()
        self._work: ProfileWork | None = None
        self._key: tuple[object, ...] = ()
        self.frame = _NOTHING
        self._worker.told.connect(self._hear)
        page.smoothing_chosen.connect(lambda value: self._change(smoothing=None if value < 0 else value))
        page.rotation_toggled.connect(lambda is_on: self._change(rotates=is_on))
        page.clip_chosen.connect(lambda value: self._change(clip=None if value < 0 else value))
        page.set_frame(self.frame)

    @property
    def is_idle(self) -> bool:
        return self._worker.is_idle

    def set_site(self, capture: Capture, site: str, weight_absmax: npt.NDArray[np.float32] | None) -> None:
        """Show a site of a capture; without its token values, the largest magnitudes stand for them."""
        key = (id(capture), site, weight_absmax is not None)
        if key == self._key:
            return
        self._key = key
        values = capture.values.get(site)
        if values is None:
            values = capture.sites[site].absmax[None, :]
        self._work = ProfileWork(site, values, self._pick, weight_absmax)
        self._start()

    def clear(self) -> None:
        """Show no site."""
        self._key, self._work = (), None
        self._show(_NOTHING)

    def stop(self) -> None:
        self._worker.stop(_STOP_S)

    def _change(self, **changes: object) -> None:
        self._pick = replace(self._pick, **changes)  # type: ignore[arg-type]
        if self._work is not None:
            self._work = replace(self._work, pick=self._pick)
            self._start()

    @Slot(object)
    def _hear(self, frame: ProfileFrame) -> None:
        if self._work is not None:
            self._show(frame)

    def _show(self, frame: ProfileFrame) -> None:
        self.frame = frame
        self._page.set_frame(frame)

    @Slot()
    def _start(self) -> None:
        work = self._work
        if work is not None:
            self._worker.run(lambda post, _cancel: post(profile_frame(work)))

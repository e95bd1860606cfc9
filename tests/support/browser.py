"""A real browser for pages: Debian's Chromium, driven by Playwright, and the accessibility rules of axe-core.

Here: starting it and asking the rules. Not here: assertions on a page. No browser on the machine: tests are skipped, but fail
under CI, where `.ci/run` installs one.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, sync_playwright

_NAMES = ("chromium", "chromium-browser", "google-chrome")
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}

PATIENCE = 300_000
"""Milliseconds a step may take on a loaded machine; on a quiet one none takes a second."""


@contextmanager
def page(width: int = 1280, height: int = 900) -> Iterator[Page]:
    """A page of its own; an error in its script or on its console fails the test."""
    program = next((found for name in _NAMES if (found := shutil.which(name))), None)
    if program is None:
        if os.environ.get("CI"):
            pytest.fail("expected Chromium on the path under CI, found none: apt-get install chromium")
        pytest.skip("no Chromium on the path: apt-get install chromium")
    faults: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program, args=["--no-sandbox", "--disable-dev-shm-usage"], timeout=PATIENCE
        )
        opened = browser.new_page(viewport={"width": width, "height": height})
        opened.set_default_timeout(PATIENCE)
        opened.on("pageerror", lambda error: faults.append(str(error)))
        opened.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
        yield opened
        browser.close()
    assert not faults, faults


def violations(opened: Page) -> list[str]:
    """What axe-core finds against WCAG 2.2 AA, one line per rule with the first element concerned."""
    found = Axe().run(opened, options=RULES).response["violations"]
    return [f"{one['id']}: {one['nodes'][0]['target']} {one['nodes'][0]['failureSummary']}" for one in found]

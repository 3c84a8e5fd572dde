"""The page in Chromium with the published results: ``python benchmarks/page.py [RESULTS]``.

Prints the size of the file, seconds to build it, milliseconds to its first contentful paint, and milliseconds that
sorting the rows of the largest board takes until the table is laid out again; medians of five. RESULTS holds imported
published results (`adbench results import darkmachines-2021`). Needs chromium and chromium-driver.
"""

from __future__ import annotations

import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path

from selenium.webdriver import Chrome
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service

from adbench.leaderboard.board import build_board
from adbench.leaderboard.page import write_page
from adbench.runs.store import ResultsFolder

_SORT = """
const button = [...document.querySelectorAll('#table thead button')].find((b) => b.textContent.startsWith('Detector'));
const start = performance.now(); button.click(); document.body.offsetHeight; return performance.now() - start;
"""
_LARGEST = """
const sizes = JSON.parse(document.getElementById('data').textContent).boards.map((board) => board.entries.length);
return sizes.indexOf(Math.max(...sizes));
"""
_PAINT = "return performance.getEntriesByName('first-contentful-paint')[0].startTime"


def main(results: Path) -> None:
    store = ResultsFolder(results)
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        path = write_page(store, Path(folder), print)
        print(f"page built in              {time.perf_counter() - start:8.2f} s")
        print(f"size                       {path.stat().st_size / 1e6:8.2f} MB")
        options = Options()
        options.binary_location = str(shutil.which("chromium"))
        for argument in ("--headless=new", "--no-sandbox", "--window-size=1440,900"):
            options.add_argument(argument)
        browser = Chrome(options=options, service=Service(str(shutil.which("chromedriver"))))
        browser.get(path.as_uri())
        tab = browser.execute_script(_LARGEST)
        paints, sorts = [], []
        for _ in range(5):
            browser.get("about:blank")
            browser.get(f"{path.as_uri()}#tab={tab}")
            time.sleep(0.3)
            paints.append(browser.execute_script(_PAINT))
            sorts.append(browser.execute_script(_SORT))
        rows = browser.execute_script("return document.getElementById('count').textContent")
        browser.quit()
    print(f"first paint                {statistics.median(paints):8.0f} ms")
    print(f"sorting                    {statistics.median(sorts):8.0f} ms   ({rows})")
    start = time.perf_counter()
    build_board(store)
    print(f"board with published ones  {time.perf_counter() - start:8.2f} s")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "results"))

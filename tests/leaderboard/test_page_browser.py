"""The page in a real browser: sort, filter, open, keys, dark mode, print, a phone; and no request leaves it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

selenium = pytest.importorskip("selenium", reason="needs selenium: pip install -c constraints.txt -e '.[dev]'")
from selenium.webdriver import Chrome  # noqa: E402
from selenium.webdriver.chrome.options import Options  # noqa: E402
from selenium.webdriver.chrome.service import Service  # noqa: E402
from selenium.webdriver.common.by import By  # noqa: E402
from selenium.webdriver.common.keys import Keys  # noqa: E402

from adbench.leaderboard.page import write_page  # noqa: E402

CHROMIUM, DRIVER = (shutil.which(name) for name in ("chromium", "chromedriver"))
pytestmark = pytest.mark.skipif(
    CHROMIUM is None or DRIVER is None, reason="needs Chromium: apt-get install chromium chromium-driver"
)
HOSTILE = "<img src=x onerror=document.title='taken'>"


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chrome]:
    options = Options()
    options.binary_location = str(CHROMIUM)
    profile = tmp_path_factory.mktemp("profile")
    for argument in ("--headless=new", "--no-sandbox", "--window-size=1280,1000", f"--user-data-dir={profile}"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"performance": "ALL", "browser": "ALL"})
    driver = Chrome(options=options, service=Service(str(DRIVER)))
    yield driver
    driver.quit()


@pytest.fixture
def page(browser: Chrome, pretend: Any, tmp_path: Path) -> Chrome:
    for name, shift in (("forest", 2.0), ("cut", 1.0), ("network", 0.5)):
        pretend.run(name, shifts=shift)
    pretend.run("hostile", shifts=0.2, entry=HOSTILE)
    path = write_page(pretend.store, tmp_path / "board", print)
    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "", "features": []})
    browser.get(path.as_uri())
    return browser


def names(page: Chrome) -> list[str]:
    rows = page.find_elements(By.CSS_SELECTOR, "#table tbody th")
    return [page.execute_script("return arguments[0].firstChild.textContent", row) for row in rows]


def test_the_table_is_by_rank_and_a_heading_sorts_it(page: Chrome) -> None:
    assert names(page) == ["forest", "cut", "network", HOSTILE]
    headings = page.find_elements(By.CSS_SELECTOR, "#table thead button")
    rank = next(heading for heading in headings if heading.text.startswith("Rank"))
    rank.click()
    assert names(page) == [HOSTILE, "network", "cut", "forest"]
    detector = next(h for h in page.find_elements(By.CSS_SELECTOR, "#table thead button") if h.text == "Detector")
    detector.click()
    assert names(page)[-1] == "network"
    sorted_ = page.find_element(By.CSS_SELECTOR, "th[aria-sort=ascending], th[aria-sort=descending]")
    assert sorted_.text.startswith("Detector")


def test_a_filter_keeps_what_it_finds_and_a_choice_ranks_anew(page: Chrome) -> None:
    page.find_element(By.TAG_NAME, "body").send_keys("/")
    assert page.switch_to.active_element.get_attribute("id") == "text"
    page.switch_to.active_element.send_keys("fore")
    assert names(page) == ["forest"]
    assert page.find_element(By.ID, "count").text.startswith("1 of 4 detectors")
    page.find_element(By.ID, "text").clear()
    page.find_element(By.ID, "text").send_keys(Keys.ENTER)
    option = page.find_element(By.CSS_SELECTOR, "#metric option[value='eps_s@1e-2']")
    option.click()
    assert "ε_S at ε_B = 1e-2" in page.find_element(By.ID, "caption").text


def test_a_row_opens_by_key_and_by_mouse_and_closes(page: Chrome) -> None:
    page.find_element(By.CSS_SELECTOR, "#table tbody tr").send_keys(Keys.ARROW_DOWN)
    page.switch_to.active_element.send_keys(Keys.ENTER)
    dialog = page.find_element(By.ID, "detail")
    assert dialog.is_displayed()
    assert dialog.find_element(By.TAG_NAME, "h2").text == "cut"
    assert "adbench run -d cut" in dialog.text
    page.switch_to.active_element.send_keys(Keys.ESCAPE)
    assert not dialog.is_displayed()
    page.find_elements(By.CSS_SELECTOR, "#table tbody tr")[0].click()
    assert dialog.find_element(By.TAG_NAME, "h2").text == "forest"
    dialog.find_element(By.CSS_SELECTOR, ".close").click()
    assert not dialog.is_displayed()


def test_a_hostile_name_stays_text(page: Chrome) -> None:
    assert HOSTILE in names(page)
    assert page.title != "taken"
    assert page.find_elements(By.CSS_SELECTOR, "#table img, dialog img") == []


def test_nothing_leaves_the_page_and_nothing_is_complained_of(page: Chrome) -> None:
    page.get_log("performance")
    page.refresh()
    names(page)
    sent = [json.loads(entry["message"])["message"] for entry in page.get_log("performance")]
    asked = [m["params"]["request"]["url"] for m in sent if m["method"] == "Network.requestWillBeSent"]
    assert asked
    assert {url.partition(":")[0] for url in asked} == {"file"}
    assert [entry for entry in page.get_log("browser") if entry["level"] == "SEVERE"] == []


def test_dark_mode_is_dark_and_print_shows_the_table_alone(page: Chrome) -> None:
    def brightness() -> float:
        script = "return getComputedStyle(document.documentElement).backgroundColor"
        colour = page.execute_script(script).partition("(")[2].rstrip(")")
        return sum(float(part) for part in colour.split(",")[:3]) / 3

    page.execute_cdp_cmd(
        "Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": "light"}]}
    )
    light = brightness()
    page.execute_cdp_cmd(
        "Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": "dark"}]}
    )
    assert brightness() < 60 < 200 < light
    page.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    assert brightness() == 255
    assert page.find_element(By.ID, "table").is_displayed()
    assert not page.find_element(By.ID, "controls").is_displayed()


def test_on_a_phone_the_table_is_on_the_first_screen_and_nothing_is_wider(page: Chrome) -> None:
    size = {"width": 390, "height": 844, "deviceScaleFactor": 2, "mobile": True}
    page.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    page.refresh()
    assert page.execute_script("return document.documentElement.scrollWidth") <= 390
    top = page.execute_script("return document.getElementById('table').getBoundingClientRect().top")
    assert top < 650
    assert not page.find_element(By.ID, "metric").is_displayed()
    page.find_element(By.CSS_SELECTOR, "#fold summary").click()
    assert page.find_element(By.ID, "metric").is_displayed()

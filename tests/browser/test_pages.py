"""The pages as people see them: no error, nothing cut off, readable in light and dark."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from api_server import Server, running
from selenium import webdriver
from selenium.webdriver.common.by import By

WIDTHS = (1280, 390)
PAGES = (
    "/",
    "/sparql",
    "/ontology",
    "/docs",
    "/shapes",
    "/search?q=lanzarote",
    "/states",
    "/observations?state=NOR",
    "/releases",
    "/submissions",
    "/history/observation/ncmec-cybertip-reports/POL/2020",
    "/completeness",
    "/completeness/AND",
    "/compare",
    "/compare?state=NOR&state=SWE&state=IRL",
    "/doc/state/ALB",
    "/doc/instrument/cets-201",
    "/doc/source/untc2015",
    "/doc/observation/ncmec-cybertip-reports/POL/2020",
    "/doc/discrepancy/numbers-of-one-act/dir-2011-93",
    "/doc/commitment/mnr-capability-13",
    "/sparql?query=SELECT%20*%20%7B%20?a%20?b%20?c%20.%20?c%20?d%20?e%20.%20?e%20?f%20?g%20%7D%20LIMIT%205",
    "/sparql?query=DESCRIBE%20%3Chttps://w3id.org/ocsea/id/state/ALB%3E",
)
CONTRAST = """
const channel = v => (v /= 255) <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
const parts = colour => colour.match(/[\\d.]+/g).map(Number);
const light = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
const ground = e => {
  for (; e; e = e.parentElement) {
    const colour = parts(getComputedStyle(e).backgroundColor);
    if (colour.length < 4 || colour[3] > 0) return colour;
  }
  return [255, 255, 255];
};
return [...document.querySelectorAll('main *, header *, footer *')].filter(
  e => [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()) && !e.closest('svg, .hidden')
).map(e => {
  const [a, b] = [light(parts(getComputedStyle(e).color)), light(ground(e))].sort((x, y) => y - x);
  return [(a + 0.05) / (b + 0.05), e.outerHTML.slice(0, 80)];
}).filter(([ratio]) => ratio < 4.5);
"""


@pytest.fixture(scope="module")
def server(var: Path) -> Iterator[Server]:
    with running(var) as server:
        yield server


def look(browser: webdriver.Chrome, width: int, scheme: str = "light") -> None:
    size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    scheme_feature = {"name": "prefers-color-scheme", "value": scheme}
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [scheme_feature]})


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("path", PAGES)
def test_a_page_fits_and_has_no_error(
    browser: webdriver.Chrome, server: Server, path: str, width: int
) -> None:
    look(browser, width)
    browser.get_log("browser")  # what others left there
    browser.get(server.url + path)
    assert browser.find_element(By.TAG_NAME, "h1").is_displayed()
    assert browser.execute_script("return document.documentElement.scrollWidth") <= width
    assert browser.get_log("browser") == []
    assert browser.execute_script("return document.styleSheets.length") == 1


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", PAGES)
def test_text_stands_out_from_its_ground(
    browser: webdriver.Chrome, server: Server, path: str, scheme: str
) -> None:
    look(browser, 1280, scheme)
    browser.get(server.url + path)
    assert browser.execute_script(CONTRAST) == []


def test_an_example_opens_in_the_editor_and_runs(browser: webdriver.Chrome, server: Server) -> None:
    look(browser, 1280)
    browser.get(server.url + "/")
    browser.find_element(By.CSS_SELECTOR, ".cards a").click()
    assert "SELECT" in (browser.find_element(By.ID, "query").get_attribute("value") or "")
    assert len(browser.find_elements(By.CSS_SELECTOR, ".results tbody tr")) > 100


def test_a_query_is_typed_and_run(browser: webdriver.Chrome, server: Server) -> None:
    look(browser, 390)
    browser.get(server.url + "/sparql")
    editor = browser.find_element(By.ID, "query")
    editor.clear()
    editor.send_keys("ASK { ?s ?p ?o }")
    browser.find_element(By.CSS_SELECTOR, "main button").click()
    assert "Yes" in browser.find_element(By.ID, "answer").find_element(By.XPATH, "..").text


def test_a_wrong_query_is_told_beside_the_editor(browser: webdriver.Chrome, server: Server) -> None:
    browser.get(server.url + "/sparql?query=SELECT%20nonsense")
    assert "Line 1" in browser.find_element(By.CSS_SELECTOR, "[role=alert]").text
    assert browser.find_element(By.ID, "query").get_attribute("value") == "SELECT nonsense"
    browser.get_log("browser")


def test_from_the_front_page_to_the_cell_a_fact_was_read_from(
    browser: webdriver.Chrome, server: Server
) -> None:
    look(browser, 1280)
    browser.get(server.url + "/")
    browser.find_element(By.LINK_TEXT, "Albania").click()
    browser.find_element(By.PARTIAL_LINK_TEXT, "NCMEC CyberTip reports, 2020").click()
    assert "Fig. 4" in browser.find_element(By.TAG_NAME, "main").text


def test_the_keyboard_reaches_the_content_first(browser: webdriver.Chrome, server: Server) -> None:
    browser.get(server.url + "/")
    skip = browser.switch_to.active_element
    skip.send_keys("\ue004")
    assert browser.switch_to.active_element.get_attribute("href").endswith("#content")

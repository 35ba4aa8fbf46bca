"""The pages in a browser: as a user fills them, by keyboard, without scripts, light and dark."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import time
from urllib.parse import parse_qsl, urlsplit

import pytest

from costcurve import __version__
from tests.conftest import DATA, PROJECT, need

PATHS = ("/", "/curve", "/worth", "/limits", "/compare", "/facts", "/reproduce")
WIDTHS = (360, 768, 1440)
#: Violations that keep somebody from using a page.
GRAVE = {"serious", "critical"}
#: The longest that anything on a page may take on a busy machine, in milliseconds.
PATIENCE_MS = 15_000
#: Stops of the Tab key that are looked at: through the navigation and into the form.
STOPS = 24
#: What a user writes into the form of each page, what the button is called, what then is said.
FILLED = {
    "/": ({"target_accuracy": "0.92", "class_counts": "", "classes": "40"}, "Estimate", "92.0%"),
    "/curve": ({"points": "100, 0.5\n200, 0.4", "target_error": "0.3"}, "Predict", "0.3 is"),
    "/worth": ({"target_accuracy": "0.9", "classes": "10"}, "Answer", "target of 90.0%"),
    "/limits": ({"target_error": "0.02"}, "Answer", "0.02"),
    "/compare": (
        {"a": "/?target_accuracy=0.9&classes=3", "b": "/?target_accuracy=0.91&classes=3"},
        "Compare",
        "91.0%",
    ),
    "/facts": ({"search": "convnext"}, "Show", "ConvNeXt-B"),
}  # fmt: skip


@pytest.fixture(scope="module")
def server():
    """A server as a process of its own, and its address."""
    need(importlib.util.find_spec("uvicorn") is not None, "the extra web")
    program = [sys.executable, "-m", "costcurve", "serve", "--port", "0", "--no-browser"]
    # Where the public data are, all studies can be made.
    at_hand = {"COSTCURVE_DATA": str(DATA)} if DATA.is_dir() else {}
    with subprocess.Popen(
        program, stdout=subprocess.PIPE, text=True, cwd=PROJECT, env={**os.environ, **at_hand}
    ) as process:
        line = process.stdout.readline()
        yield re.search(r"http://[\d.:]+", line)[0]
        process.terminate()


@pytest.fixture(scope="module")
def chromium():
    program = shutil.which("chromium")
    need(program is not None, "Debian's chromium")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        need(there=False, what="playwright")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def visit(chromium, server):
    """Open pages in fresh contexts; at the end nothing was asked elsewhere or complained about."""
    contexts, said, asked = [], [], []

    def opened(path="/", **options):
        context = chromium.new_context(base_url=server, **options)
        context.set_default_timeout(PATIENCE_MS)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda each: said.append(each.text) if each.type == "error" else None)
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("request", lambda request: asked.append(request.url))
        page.goto(path)
        return page

    yield opened
    for context in contexts:
        assert not context.cookies()
        context.close()
    refused = re.compile(r"status of 422")  # how the browser reports a refusal that was asked for
    assert [each for each in said if not refused.search(each)] == []
    assert {f"{urlsplit(url).scheme}://{urlsplit(url).netloc}" for url in asked} == {server}


def until(page, condition):
    """Wait until JavaScript is true; the browser's own way to wait is against the pages' policy."""
    end = time.monotonic() + PATIENCE_MS / 1000.0
    while not page.evaluate(condition):
        assert time.monotonic() < end, condition
        page.wait_for_timeout(20)


def drawn(page):
    """Wait until every chart of a page is drawn."""
    until(
        page,
        "[...document.querySelectorAll('[data-spec]')].every((e) => e.querySelector('svg'))",
    )


def total(page):
    return page.locator("#bill ~ .scroll caption").first.inner_text()


def answered(page, words):
    page.locator("#answer").get_by_text(words).first.wait_for(state="attached")


@pytest.mark.parametrize("path", FILLED)
def test_a_form_is_answered_without_a_reload_and_the_address_follows(visit, path):
    values, button, said = FILLED[path]
    page = visit(path)
    page.evaluate("window.kept = true")
    for name, value in values.items():
        page.locator(f"#f-{name}").fill(value)
    page.get_by_role("button", name=button).click()
    until(page, "location.search.includes('v=')")
    answered(page, said)
    asked = dict(parse_qsl(urlsplit(page.url).query))
    assert asked.pop("v") == __version__
    given = {name: value for name, value in values.items() if value}
    assert {name: asked[name].replace("\r\n", "\n") for name in given} == given
    assert page.evaluate("window.kept") is True
    drawn(page)
    address = page.get_by_role("link", name="This link").get_attribute("href")
    fresh = visit(address)
    drawn(fresh)
    assert fresh.locator("#answer").inner_text() == page.locator("#answer").inner_text()


def test_going_back_restores_the_earlier_answer_and_its_form(visit):
    page = visit("/?target_accuracy=0.9&classes=10")
    before = total(page)
    page.locator("#f-target_accuracy").fill("0.93")
    page.locator("#f-target_accuracy").press("Enter")
    answered(page, "93.0% accuracy")
    assert total(page) != before
    page.wait_for_timeout(400)  # longer than a form waits for changes, which must not ask again
    page.go_back()
    answered(page, "90.0% accuracy")
    assert total(page) == before
    assert page.locator("#f-target_accuracy").input_value() == "0.9"


def test_what_a_link_says_of_another_version_goes_with_its_answer(visit):
    page = visit("/?target_accuracy=0.92&classes=40&v=0.0.1")
    assert "made with version 0.0.1" in page.locator(".notice").first.inner_text()
    page.get_by_label("Number of classes", exact=True).fill("41")
    page.keyboard.press("Tab")
    page.wait_for_url("**classes=41**")
    until(page, "document.querySelector('.notice') === null")


def test_what_is_wrong_is_said_beside_the_field_and_goes_when_mended(visit):
    page = visit("/?target_accuracy=0.9&classes=10")
    field, beside = page.locator("#f-target_accuracy"), page.locator("#e-target_accuracy")
    field.fill("1.5")
    field.press("Enter")
    beside.filter(has_text="at most 1").or_(beside.filter(has_text="below 1")).wait_for()
    assert field.get_attribute("aria-invalid") == "true"
    assert field.input_value() == "1.5"
    field.fill("0.91")
    field.press("Enter")
    answered(page, "91.0% accuracy")
    assert beside.inner_text() == ""
    assert field.get_attribute("aria-invalid") is None


def test_the_target_is_dragged(visit):
    page = visit("/?target_accuracy=0.9&classes=10")
    page.locator("#drag").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    until(page, "location.search.includes('target_accuracy=0.90')")
    moved = page.locator("#f-target_accuracy").input_value()
    assert 0.9 < float(moved) < 0.91
    answered(page, f"{100 * float(moved):.1f}% accuracy")
    # The handle that came with the answer has the focus of the one before.
    until(page, "document.activeElement.id === 'drag'")


def test_the_page_says_what_the_server_says_elsewhere(visit, server):
    page = visit("/?target_accuracy=0.9&classes=10")
    address = page.get_by_role("link", name="JSON").get_attribute("href")
    found = json.loads(page.request.get(address).text())
    assert total(page) == f"Total ${found['options'][0]['total_cost_usd']:,.2f}"


@pytest.mark.parametrize("path", PATHS)
def test_without_javascript_a_page_is_complete(visit, path):
    page = visit(path, java_script_enabled=False)
    pictures = page.locator("figure img")
    assert pictures.count() == {"/": 2, "/curve": 1, "/worth": 1, "/limits": 1}.get(path, 0)
    for picture in pictures.all():
        answer = page.request.get(picture.get_attribute("src"))
        assert answer.status == 200
        assert answer.text().startswith("<svg")
    if path in FILLED:
        values, button, said = FILLED[path]
        for name, value in values.items():
            page.locator(f"#f-{name}").fill(value)
        page.get_by_role("button", name=button).click()
        answered(page, said)


@pytest.mark.parametrize("has_scripts", [True, False])
def test_a_file_is_uploaded_and_stands_in_the_address(visit, tmp_path, has_scripts):
    runs = tmp_path / "runs.csv"
    runs.write_text("seed,n,err\n0,500,0.21\n0,1000,0.15\n0,2000,0.11\n")
    page = visit("/curve", java_script_enabled=has_scripts)
    page.locator(".upload summary").click()
    page.set_input_files("#u-file", runs)
    page.fill("#u-examples", "n")
    page.fill("#u-error", "err")
    page.locator(".upload button").click()
    page.wait_for_url("**/curve?points=**")
    assert page.locator("#f-points").input_value().startswith("examples,error\n500,0.21")
    answered(page, "What to expect")


def test_charts_are_drawn_under_the_policy(visit):
    for path, number in (("/", 2), ("/curve", 1), ("/worth", 1)):
        page = visit(path)
        drawn(page)
        assert page.locator(".chart svg .mark-line path").count() >= 1
        assert page.locator(".chart svg").count() == number
        assert page.locator(".chart img").count() == 0


@pytest.mark.parametrize("study", ["computational-limits", "real-costs"])
def test_no_chart_is_cut_off(data, visit, study):
    page = visit(f"/reproduce?study={study}")
    assert page.locator(".chart").count() >= 1
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        # Else what is looked at may be the chart of the width before.
        page.reload()
        drawn(page)
        charts = page.evaluate(
            """() => [...document.querySelectorAll('.chart')].map((chart) => {
              const frame = chart.querySelector('svg').getBoundingClientRect();
              const cut = [...chart.querySelectorAll('svg text')].filter((text) => {
                const { left, right, width } = text.getBoundingClientRect();
                return width > 0 && (left < frame.left - 1 || right > frame.right + 1);
              });
              return [chart.dataset.spec, frame.width, cut.map((text) => text.textContent)];
            })"""
        )
        for name, wide, cut in charts:
            # Narrower nothing can be read; a picture of several panels shrinks to what there is.
            assert wide > 200, (name, width)
            assert cut == [], (name, width)


def test_by_keyboard_alone(visit):
    page = visit("/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "To the answer"
    places = []
    for _ in range(STOPS):
        page.keyboard.press("Tab")
        place = page.evaluate(
            """() => {
              const { x, y, width } = document.activeElement.getBoundingClientRect();
              const style = getComputedStyle(document.activeElement);
              const outline = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
              const order = [...document.querySelectorAll('*')].indexOf(document.activeElement);
              return { order, outline, seen: width > 0, id: document.activeElement.id };
            }"""
        )
        assert place["outline"], place
        assert place["seen"], place
        places.append(place)
    order = [place["order"] for place in places]
    assert order == sorted(order)
    assert "f-target_accuracy" in [place["id"] for place in places]


def test_nothing_keeps_anybody_out(visit):
    try:
        from axe_playwright_python.sync_playwright import Axe
    except ImportError:
        need(there=False, what="axe-playwright-python")
    page = visit()
    found = {}
    for path in (*PATHS, "/?target_accuracy=7"):
        page.goto(path)
        drawn(page)
        page.evaluate("document.querySelectorAll('details').forEach((each) => (each.open = true))")
        violations = Axe().run(page).response["violations"]
        page.emulate_media(color_scheme="dark")
        drawn(page)
        # Nothing but colours is other in the dark.
        dark = Axe().run(page, options={"runOnly": ["color-contrast"]}).response["violations"]
        page.emulate_media(color_scheme="light")
        if grave := [
            (each["id"], [node["target"] for node in each["nodes"]][:3])
            for each in (*violations, *dark)
            if each["impact"] in GRAVE
        ]:
            found[path] = grave
    assert found == {}


def test_nothing_is_wider_than_the_window(visit):
    page = visit()
    for path in PATHS:
        page.goto(path)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 800})
            drawn(page)
            page.evaluate("document.querySelectorAll('details').forEach((e) => (e.open = true))")
            until(page, "document.scrollingElement.scrollWidth <= innerWidth")


def test_a_page_is_visible_soon(visit):
    page = visit("/")
    started = time.perf_counter()
    page.goto("/")
    # The issue asks for 0.3 s on a quiet machine; others may be busy on this one.
    assert time.perf_counter() - started < 3.0

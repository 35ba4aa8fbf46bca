"""Every number of a bill on a page leads to its explanation below."""

from __future__ import annotations

import re

from tests.conftest import need
from tests.faces.test_page_tables import _has
from tests.faces.test_pages import get  # noqa: F401 - a fixture


def test_every_number_of_a_years_bill_leads_to_its_explanation(get):  # noqa: F811
    need(_has("numpy_financial"), "the extra worth")
    page = get("/worth")
    targets = set(re.findall(r'<a href="#(q-[^"]+)"', page.text))
    assert targets
    assert targets <= set(re.findall(r'<dl id="(q-[^"]+)"', page.text))
    assert "q-annual_net_usd" in page.text
    assert "@misc{" in page.text


def test_every_number_of_the_bill_leads_to_its_explanation(get):  # noqa: F811
    text = get("/?target_accuracy=0.93&classes=16&limit=400000").text
    led_to = set(re.findall(r'href="#(q-[\w-]+)"', text))
    assert {"q-new_examples", "q-usd_per_example", "q-data_cost_usd"} <= led_to
    assert led_to <= set(re.findall(r'<dl id="(q-[\w-]+)"', text))

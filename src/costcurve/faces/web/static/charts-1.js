// Draws the charts of a page in place of the pictures that stand there, with what comes from this
// server only. An element with data-spec names its Vega-Lite specification: "#id" is a
// <script type="application/json"> of the page, anything else the address of a JSON file.
// Expressions are interpreted (ast), since the page's policy forbids code made from text.
"use strict";

(function () {
  // Pixels: the narrowest chart that can be read, and what axes take beside charts in a column.
  const LEAST_WIDTH = 240;
  const MARGINS = 90;

  async function specification(place) {
    const named = place.dataset.spec;
    if (named.startsWith("#")) {
      return JSON.parse(document.getElementById(named.slice(1)).textContent);
    }
    const answer = await fetch(named, { credentials: "omit", redirect: "error" });
    if (!answer.ok) {
      throw new Error(`${named}: ${answer.status}`);
    }
    return answer.json();
  }

  function noFiles() {
    return Promise.reject(new Error("a chart carries its data with it"));
  }

  // In the width that there is, in the ink of the page.
  function dressed(spec, place) {
    const style = getComputedStyle(document.documentElement);
    const [ink, quiet, line] = ["--ink", "--quiet", "--line"].map((name) =>
      style.getPropertyValue(name).trim()
    );
    const axis = { labelColor: quiet, titleColor: quiet, tickColor: line, domainColor: line };
    const config = {
      ...spec.config,
      axis: { ...spec.config?.axis, ...axis, labelFontSize: 11, titleFontSize: 12 },
      axisY: { labelLimit: Math.min(260, place.clientWidth * 0.4) },
      legend: { ...spec.config?.legend, labelColor: ink, titleColor: ink },
      title: { color: ink, subtitleColor: quiet },
      view: { stroke: line },
    };
    const width = Math.max(place.clientWidth, LEAST_WIDTH);
    const fitted = { ...spec, background: "transparent", config };
    if (spec.vconcat) {
      fitted.vconcat = spec.vconcat.map((each) => ({ ...each, width: width - MARGINS }));
    } else {
      Object.assign(fitted, { width, autosize: { type: "fit-x", contains: "padding" } });
    }
    // The palette's black is ink.
    return JSON.parse(JSON.stringify(fitted).replaceAll('"#000000"', JSON.stringify(ink)));
  }

  async function draw(place) {
    const spec = dressed(await specification(place), place);
    const loader = vega.loader();
    loader.load = noFiles;
    const runtime = vega.parse(vegaLite.compile(spec).spec, undefined, { ast: true });
    const drawing = document.createElement("div");
    const view = new vega.View(runtime, {
      expr: vega.expressionInterpreter,
      renderer: "svg",
      container: drawing,
      hover: true,
      loader,
    });
    await view.runAsync();
    // Only now, so that the picture stays where a chart cannot be drawn.
    place.replaceChildren(drawing);
    place.dispatchEvent(new CustomEvent("costcurve:drawn", { bubbles: true, detail: { view } }));
  }

  function drawAll(root) {
    for (const place of root.querySelectorAll("[data-spec]:not([data-drawn])")) {
      place.dataset.drawn = "";
      draw(place).catch((error) => console.warn(`costcurve: ${error.message}`));
    }
  }

  function drawAgain() {
    for (const place of document.querySelectorAll("[data-drawn]")) {
      delete place.dataset.drawn;
    }
    drawAll(document);
  }

  let width = window.innerWidth;
  window.addEventListener("resize", () => {
    if (window.innerWidth !== width) {
      width = window.innerWidth;
      drawAgain();
    }
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAgain);
  document.addEventListener("DOMContentLoaded", () => drawAll(document));
  // htmx puts new parts into the page.
  document.addEventListener("htmx:load", (event) => drawAll(event.target.parentNode || document));
})();

// Draws the charts of a page in place of the pictures that stand there, with what comes from this
// server only. An element with data-spec names its Vega-Lite specification, the content of a
// <script type="application/json"> of the page.
// Expressions are interpreted (ast), since the page's policy forbids code made from text.
"use strict";

(function () {
  // Pixels: the narrowest chart that can be read, what axes take beside charts in a column, the
  // width of a letter of a title at most, below which legends stand in one column, and what is left
  // free at the sides, since the last label of an axis is wider than where it stands.
  const LEAST_WIDTH = 240;
  const MARGINS = 90;
  const LETTER = 9.5;
  const LEAST_OF_TWO_COLUMNS = 480;
  const SIDES = { left: 5, right: 16, top: 5, bottom: 5 };

  function specification(place) {
    return JSON.parse(document.getElementById(place.dataset.spec.slice(1)).textContent);
  }

  function noFiles() {
    return Promise.reject(new Error("a chart carries its data with it"));
  }

  // A title in as many lines as the width takes.
  function inLines(text, width) {
    const lines = [];
    for (const word of [text].flat().join(" ").split(" ")) {
      const longer = `${lines.at(-1)} ${word}`;
      if (lines.length && longer.length * LETTER <= width) {
        lines[lines.length - 1] = longer;
      } else {
        lines.push(word);
      }
    }
    return lines;
  }

  function titled(title, width) {
    const found = { ...title, text: inLines(title.text, width) };
    return title.subtitle ? { ...found, subtitle: inLines(title.subtitle, width) } : found;
  }

  function narrowLegend(width) {
    const layout = { bottom: { direction: "vertical" } };
    return { columns: 1, labelLimit: width - MARGINS, layout };
  }

  // In the width that there is, in the ink of the page.
  function dressed(spec, place) {
    const style = getComputedStyle(document.documentElement);
    const [ink, quiet, line] = ["--ink", "--quiet", "--line"].map((name) =>
      style.getPropertyValue(name).trim()
    );
    const axis = { labelColor: quiet, titleColor: quiet, tickColor: line, domainColor: line };
    const width = Math.max(place.clientWidth, LEAST_WIDTH);
    const config = {
      ...spec.config,
      axis: { ...spec.config?.axis, ...axis, labelFontSize: 11, titleFontSize: 12 },
      axisY: { labelLimit: Math.min(260, place.clientWidth * 0.4) },
      legend: {
        ...spec.config?.legend,
        ...(width < LEAST_OF_TWO_COLUMNS && narrowLegend(width)),
        labelColor: ink,
        titleColor: ink,
      },
      title: { color: ink, subtitleColor: quiet },
      view: { stroke: line },
    };
    const fitted = { ...spec, background: "transparent", padding: SIDES, config };
    if (spec.title) {
      fitted.title = titled(spec.title, width);
    }
    if (spec.concat) {
      // Panels keep their size, which no width can be fitted to: as many beside each other as fit.
      const panels = Math.floor(width / (spec.concat[0].width + MARGINS));
      fitted.columns = Math.min(Math.max(panels, 1), spec.columns);
    } else if (spec.vconcat) {
      fitted.vconcat = spec.vconcat.map((each) => ({ ...each, width: width - MARGINS }));
    } else {
      const autosize = { type: "fit-x", contains: "padding" };
      Object.assign(fitted, { width, autosize });
    }
    // The palette's black is ink.
    return JSON.parse(JSON.stringify(fitted).replaceAll('"#000000"', JSON.stringify(ink)));
  }

  async function draw(place) {
    const spec = dressed(specification(place), place);
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

// What a page does beyond its forms, which work without it: findings beside their fields, the
// target dragged, and a word to screen readers when an answer has changed.
"use strict";

(function () {
  const field = (name) => document.getElementById(`f-${name}`);

  // Empty fields say nothing, and what is asked already is not asked again.
  document.addEventListener("htmx:configRequest", (event) => {
    const asked = event.detail.parameters;
    for (const name of Object.keys(asked)) {
      if (asked[name] === "") {
        delete asked[name];
      }
    }
    const there = new URLSearchParams(location.search).toString();
    if (
      event.detail.path === location.pathname &&
      new URLSearchParams(asked).toString() === there
    ) {
      event.preventDefault();
    }
  });

  function placeFindings(answer) {
    for (const place of document.querySelectorAll(".error")) {
      place.textContent = "";
      field(place.id.slice(2)).removeAttribute("aria-invalid");
    }
    for (const finding of answer.querySelectorAll("[data-field]")) {
      const place = document.getElementById(`e-${finding.dataset.field}`);
      if (place) {
        place.textContent = finding.dataset.allowed;
        field(finding.dataset.field).setAttribute("aria-invalid", "true");
        const folded = place.closest("details");
        if (folded) {
          folded.open = true;
        }
      }
    }
  }

  // 0.965 as 96.5%, with as many digits as the error needs.
  function accuracyOf(handle) {
    const error = Number((10 ** -handle.value).toPrecision(2));
    return Number((1 - error).toFixed(12));
  }

  function letDrag(root) {
    for (const handle of root.querySelectorAll("#drag")) {
      const place = handle.closest(".drag");
      handle.addEventListener("input", () => {
        const words = `${Number((100 * accuracyOf(handle)).toFixed(10))}%`;
        place.querySelector("output").textContent = words;
        handle.setAttribute("aria-valuetext", words);
      });
      handle.addEventListener("change", () => {
        field("target_error").value = "";
        field("target_accuracy").value = accuracyOf(handle);
        field("target_accuracy").dispatchEvent(new Event("change", { bubbles: true }));
      });
    }
  }

  function say(words) {
    document.getElementById("told").textContent = words;
  }

  document.addEventListener("DOMContentLoaded", () => letDrag(document));
  document.addEventListener("htmx:afterSettle", () => {
    const answer = document.getElementById("answer");
    // The form asks with this server's version: what a link said of another no longer holds.
    document.querySelector(".notice")?.remove();
    placeFindings(answer);
    letDrag(answer);
    const first = answer.querySelector(".findings, .lead, caption");
    say(first ? first.textContent : "The answer has changed.");
  });
  for (const failure of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) {
    document.addEventListener(failure, () => {
      const place = document.createElement("p");
      place.className = "findings";
      place.setAttribute("role", "alert");
      place.textContent = "No answer came. Is the server still running? What is below is the last answer.";
      document.getElementById("answer").prepend(place);
    });
  }
})();

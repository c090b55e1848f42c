// What htmx leaves to a page: saying that the server cannot be reached, focus, a shortcut, closing what is open, redrawing charts.
"use strict";

const trouble = document.getElementById("trouble");

function say(sentence) {
  trouble.textContent = sentence;
  trouble.hidden = !sentence;
}

document.addEventListener("htmx:sendError", () => say("The server does not answer. Is it running? Your text is still here; try again."));
document.addEventListener("htmx:timeout", () => say("The server took too long. Try again."));
document.addEventListener("htmx:beforeRequest", () => say(""));

document.addEventListener("htmx:afterSettle", (event) => {
  if (event.target.id === "decision") {
    const verdict = document.getElementById("verdict");
    if (verdict) {
      verdict.focus({ preventScroll: true });
      if (verdict.getBoundingClientRect().top > window.innerHeight * 0.7) verdict.scrollIntoView({ block: "start" });
    }
  }
  drawCharts();
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") closeCorrections(null);
  const form = event.target.form;
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && form && form.id === "ticket") form.requestSubmit();
});

document.addEventListener("click", (event) => closeCorrections(event.target));

function closeCorrections(inside) {
  for (const open of document.querySelectorAll(".correct[open]")) {
    if (open.contains(inside)) continue;
    if (open.contains(document.activeElement)) open.querySelector("summary").focus();
    open.open = false;
  }
}

matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawCharts);
window.addEventListener("popstate", () => setTimeout(drawCharts));
drawCharts();

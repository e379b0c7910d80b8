// What a page does once it is there: copy, draw, and print what is folded.
"use strict";
(() => {
  const C = window.computeest;
  const held = (id) => { const element = document.getElementById(id); return element ? JSON.parse(element.textContent) : []; };

  C.copying = (root) => root.querySelectorAll("[data-copy]").forEach((button) => button.addEventListener("click", async () => {
    const text = button.parentElement.querySelector("pre").textContent;
    try {
      await navigator.clipboard.writeText(text);
      button.textContent = "Copied";
    } catch {
      const range = document.createRange();
      range.selectNodeContents(button.parentElement.querySelector("pre"));
      getSelection().removeAllRanges();
      getSelection().addRange(range);
      button.textContent = "Selected: press Ctrl+C";
    }
    setTimeout(() => { button.textContent = "Copy"; }, 2500);
  }));

  const start = () => {
    C.copying(document);
    C.rows(document);
    const sections = document.querySelectorAll("section.overview[data-start]");
    if (sections.length) {
      // a large document of records is read after the text is shown
      setTimeout(() => {
        const records = held("records");
        sections.forEach((section) => {
          const from = Number(section.dataset.start);
          C.overview(section, records.slice(from, from + Number(section.dataset.count)));
        });
        document.documentElement.dataset.ready = "true";
      }, 0);
    } else document.documentElement.dataset.ready = "true";
    const planes = held("planes");
    document.querySelectorAll("[data-plane]").forEach((figure) => C.plot(figure.querySelector(".canvas"), planes[Number(figure.dataset.plane)]));
  };
  addEventListener("beforeprint", () => document.querySelectorAll("details").forEach((each) => { each.open = true; }));
  if (document.getElementById("records")) {
    if (document.readyState === "loading") addEventListener("DOMContentLoaded", start); else start();
  }
})();

// Search, deep links and "Try it". The page works without all of it.
"use strict";

(() => {
  const rows = [...document.querySelectorAll("table.codes > tbody > tr")];

  // Where the contents stand above the text, they begin closed.
  const contents = document.querySelector("nav details");
  if (contents && !matchMedia("(min-width: 64.01rem)").matches) contents.open = false;

  // Search hides the rows in which a word is missing, and tables without rows.
  const form = document.querySelector("form.search");
  const input = document.getElementById("search");
  const found = document.getElementById("found");
  const texts = new Map(rows.map((row) => [row, textOf(row)]));

  function textOf(row) {
    const copy = row.cloneNode(true);
    copy.querySelectorAll("details").forEach((details) => details.remove());
    return copy.textContent.toLowerCase();
  }

  function search() {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    let count = 0;
    for (const row of rows) {
      row.hidden = !words.every((word) => texts.get(row).includes(word));
      if (!row.hidden) count++;
    }
    for (const table of document.querySelectorAll("table.codes")) {
      const empty = [...table.tBodies[0].rows].every((row) => row.hidden);
      table.hidden = empty;
      const section = table.closest("section");
      if (section.querySelector(":scope > h3")) section.hidden = empty;
    }
    document.body.classList.toggle("searching", words.length > 0);
    found.textContent = words.length ? `${count} of ${rows.length} codes` : "";
    return rows.find((row) => !row.hidden);
  }

  if (form && rows.length) {
    form.hidden = false;
    input.addEventListener("input", search);
    input.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      input.value = "";
      search();
    });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const first = search();
      if (first && input.value.trim()) go(first);
    });
    document.addEventListener("keydown", (event) => {
      if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.target instanceof Element && event.target.closest("input, textarea, select, [contenteditable]")) return;
      event.preventDefault();
      input.focus();
    });
  }

  // A deep link shows its row, also while a search hides it, with the example
  // open.
  function go(row) {
    location.hash === "#" + row.id ? arrive() : (location.hash = "#" + row.id);
    row.querySelector("th a").focus({ preventScroll: true });
  }

  function arrive() {
    const row = document.getElementById(location.hash.slice(1));
    if (!row || !texts.has(row)) return;
    if (row.hidden) {
      input.value = "";
      search();
    }
    row.querySelector("details").open = true;
    row.scrollIntoView();
  }

  addEventListener("hashchange", arrive);
  if (location.hash) arrive();

  // Printed, every example is open.
  addEventListener("beforeprint", () => {
    for (const details of document.querySelectorAll("details")) details.open = true;
  });

  // "Try it" shows the response in the page.
  for (const form of document.querySelectorAll("form.try")) {
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      attempt(form);
    });
  }

  async function attempt(form) {
    const button = form.querySelector("button");
    let output = form.querySelector("output");
    if (!output) {
      output = document.createElement("output");
      form.append(output);
    }
    button.disabled = true;
    try {
      const response = await fetch(form.action, { cache: "no-store", redirect: "manual" });
      const lines = [`${response.status} ${response.statusText}`.trim()];
      response.headers.forEach((value, name) => lines.push(`${name}: ${value}`));
      output.replaceChildren(pre(lines.join("\n") + "\n\n" + (await response.text())));
    } catch (error) {
      output.replaceChildren(pre(`The response broke off: ${error.message}`));
    }
    button.disabled = false;
    button.focus();
  }

  function pre(text) {
    const element = document.createElement("pre");
    element.tabIndex = 0;
    element.textContent = text;
    return element;
  }
})();

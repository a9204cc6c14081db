// Sends a scenario without leaving the page. The page works without it.
"use strict";

(() => {
  // Where the contents stand above the text, they begin closed.
  const contents = document.querySelector("nav details");
  if (contents && !matchMedia("(min-width: 64.01rem)").matches) contents.open = false;

  document.addEventListener("submit", async (event) => {
    const button = event.submitter;
    const article = button?.closest("article");
    if (!article) {
      if (event.target.id === "fields") event.preventDefault(); // Return in a field
      return;
    }
    event.preventDefault();
    const result = article.querySelector(".result");
    const form = new URLSearchParams(new FormData(event.target));
    form.set("scenario", button.value);
    form.set("part", "result");
    button.disabled = true;
    article.setAttribute("aria-busy", "true");
    try {
      const response = await fetch("/demo/run", { method: "POST", body: form });
      const text = await response.text();
      if (response.ok) {
        result.innerHTML = text; // escaped by the server's templates
      } else {
        result.textContent = text;
      }
    } catch (error) {
      result.textContent = `The server cannot be reached: ${error.message}`;
    } finally {
      button.disabled = false;
      article.removeAttribute("aria-busy");
    }
  });
})();

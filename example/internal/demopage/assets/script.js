// Sends a scenario without leaving the page. The page works without it.
"use strict";

(() => {
  // Where the contents stand above the text, they begin closed.
  const contents = document.querySelector("nav details");
  if (contents && !matchMedia("(min-width: 64.01rem)").matches) contents.open = false;

  document.addEventListener("submit", async (event) => {
    const button = event.submitter;
    const article = button?.closest("article");
    if (!article) return;
    event.preventDefault();
    const state = article.querySelector(".state");
    const result = article.querySelector(".result");
    const form = new URLSearchParams(new FormData(event.target));
    form.set("scenario", button.value);
    form.set("part", "result");
    if (article.hasAttribute("aria-busy")) return;
    article.setAttribute("aria-busy", "true");
    button.setAttribute("aria-disabled", "true"); // a disabled button would lose the focus
    state.textContent = "Sending…";
    try {
      const response = await fetch("/demo/run", { method: "POST", body: form });
      const text = await response.text();
      if (response.ok) {
        result.innerHTML = text; // escaped by the server's templates
        state.textContent = "The responses are below.";
      } else {
        result.textContent = "";
        state.textContent = `${response.status}: ${text}`;
      }
    } catch (error) {
      result.textContent = "";
      state.textContent = `The server cannot be reached: ${error.message}`;
    } finally {
      button.removeAttribute("aria-disabled");
      article.removeAttribute("aria-busy");
    }
  });
})();

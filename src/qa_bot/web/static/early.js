// Runs in the <head>, before anything is shown: language, theme and view of the page.

{
  const page = document.documentElement;
  const stored = (name) => {
    try {
      return localStorage.getItem(name);
    } catch {
      return null; // a browser that keeps nothing
    }
  };

  // The language that the reader chose, or else the browser's. Gradio's own texts go by
  // navigator.language, the server's by the cookie or the header that says the same.
  const chosen = stored("qa-language");
  const isChinese = /^zh\b/i.test(chosen || navigator.language || "");
  page.lang = isChinese ? "zh-CN" : "en";
  if (chosen) {
    for (const [name, value] of [["language", page.lang], ["languages", [page.lang]]]) {
      Object.defineProperty(navigator, name, { get: () => value });
    }
  }

  // Gradio sets the class by the system's theme; the reader's choice is put over it.
  const theme = () => {
    const choice = stored("qa-theme");
    if (choice) document.body.classList.toggle("dark", choice === "dark");
  };
  addEventListener("DOMContentLoaded", () => {
    theme();
    new MutationObserver(theme).observe(document.body, { attributeFilter: ["class"] });
    addEventListener("qa-theme", theme);
  });

  const views = ["chat", "library", "evaluation"];
  const view = () => {
    const name = location.hash.slice(1).split("/")[0];
    page.dataset.view = views.includes(name) ? name : "chat";
  };
  addEventListener("hashchange", view);
  view();
}

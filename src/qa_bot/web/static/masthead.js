// The choice between the views (see early.js), of language and of theme.

import { make, textsOf } from "./dom.js";

const page = document.documentElement;

const keep = (name, value) => {
  try {
    localStorage.setItem(name, value);
  } catch {
    // A browser that keeps nothing: the choice lasts as long as the page.
  }
};

export const mount = ({ element, trigger, props }) => {
  const places = {}; // how far each view is scrolled
  let view;
  const turn = () => {
    places[view] = scrollY;
    // A server that shares nothing has no evaluation, whatever a link says.
    if (!element.querySelector(`.qa-views a[href="#${page.dataset.view}"]`)) page.dataset.view = "chat";
    view = page.dataset.view;
    for (const link of element.querySelectorAll(".qa-views a")) {
      if (link.hash === `#${view}`) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
    scrollTo(0, places[view] ?? 0);
    if (view === "evaluation") trigger("evaluate");
  };
  addEventListener("hashchange", turn);
  turn();

  const texts = textsOf(props);
  const language = make("button.qa-tool", {
    textContent: texts.other_language,
    lang: page.lang === "en" ? "zh-CN" : "en",
    onclick: () => {
      const other = page.lang === "en" ? "zh-CN" : "en";
      keep("qa-language", other);
      document.cookie = `qa-language=${other}; path=/; max-age=31536000; samesite=lax`;
      location.reload();
    },
  });
  const theme = make("button.qa-tool", {
    textContent: texts.theme,
    onclick: () => {
      keep("qa-theme", document.body.classList.contains("dark") ? "light" : "dark");
      dispatchEvent(new Event("qa-theme"));
    },
  });
  for (const tools of element.querySelectorAll(".qa-tools")) {
    if (tools.closest("[lang]").lang === page.lang) tools.append(language, theme);
  }
};

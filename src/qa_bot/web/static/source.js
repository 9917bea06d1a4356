// The source view: a quote's article beside the chat, or over it on a small screen.

import { call, fill, make } from "./dom.js";
import { copyMenu } from "./copying.js";
import { showArticle } from "./reading.js";

const LINK = /^#quote\/([^/]+)\/(\d{1,15})-(\d{1,15})\/([0-9a-f]{1,64})$/;
const wide = matchMedia("(min-width: 1000px)"); // as in source.css

/**
 * Let the quotes of each turn open their source.
 *
 * @param {{element: Element, server: object, texts: object}} chat The conversation's component.
 */
export const sourceView = ({ element, server, texts }) => {
  const grid = element.querySelector(".qa-chat");
  let open = null; // the places one can go through, which is shown, what opened it, the address

  const count = make("span.qa-count", { "aria-live": "polite" });
  const previous = make("button.qa-tool", { textContent: texts.previous_quote, onclick: () => go(-1) });
  const next = make("button.qa-tool", { textContent: texts.next_quote, onclick: () => go(1) });
  const others = make("span.qa-others", {}, previous, count, next);
  const close = make("button.qa-tool.qa-close", { textContent: texts.close_source, onclick: () => leave() });
  const only = make("button.qa-tool", { textContent: texts.only_this, onclick: () => narrow() });
  const tools = make("div.qa-source-tools");
  const scroller = make("div.qa-source-text", { tabIndex: 0, role: "region" });
  const name = make("strong.qa-source-name", { textContent: texts.source, tabIndex: -1 });
  const head = make("div.qa-source-head", {}, name, others, close);
  const panel = make("div.qa-source-panel", {}, head, tools, scroller);
  const beside = make("aside.qa-beside", { "aria-label": texts.source, hidden: true });
  const sheet = make("dialog.qa-sheet", { "aria-label": texts.source });
  grid.append(beside, sheet);

  const citation = (place) =>
    call(server, "cite", { ...place, address: location.origin + location.pathname + location.search }, texts);

  // What stands on the page -----------------------------------------------------------------

  element.addEventListener("qa-turn", ({ detail: { turn, answer } }) => {
    const quotes = answer.quotes.map(placeOf);
    for (const words of turn.querySelectorAll("[data-quote]")) {
      const index = Number(words.dataset.quote) - 1;
      const see = opener(quotes, index);
      const box = words.closest("li") ?? words.closest("figure").querySelector("figcaption");
      box.append(make("div.qa-quote-tools", {}, see, copyMenu(texts, () => citation(quotes[index]))));
      words.classList.add("qa-opens");
      opensByClick(words, () => enter(quotes, index, see));
    }
    for (const passage of turn.querySelectorAll("[data-passage]")) {
      const place = placeOf(answer.passages[Number(passage.dataset.passage) - 1]);
      passage.append(make("div.qa-quote-tools", {}, opener([place], 0)));
    }
  });

  const opener = (places, index) => {
    const several = places.length > 1 ? `: ${fill(texts.quote_of, { number: index + 1, count: places.length })}` : "";
    const button = make("button.qa-tool", {
      textContent: texts.see_source,
      "aria-label": texts.see_source + several,
      onclick: () => enter(places, index, button),
    });
    return button;
  };

  // The panel -------------------------------------------------------------------------------

  const enter = (places, index, from) => {
    if (open) {
      Object.assign(open, { places, index, from });
    } else {
      open = { places, index, from, address: isLink() ? "" : location.hash, isPushed: false };
      if (!wide.matches && !isLink()) {
        history.pushState({ qaSource: true }, "", location.href); // so that Back closes the sheet
        open.isPushed = true;
      }
    }
    keepingPlace(from, place);
    show();
  };

  const place = () => {
    beside.hidden = !wide.matches;
    grid.classList.toggle("qa-has-source", wide.matches);
    const host = wide.matches ? beside : sheet;
    if (panel.parentElement !== host) host.append(panel);
    fit();
    if (wide.matches) sheet.close();
    else if (!sheet.open) sheet.showModal();
  };

  // Beside the chat it ends where the window does, also below the masthead.
  const fit = () => {
    beside.style.height = `calc(100dvh - ${Math.max(0, grid.getBoundingClientRect().top)}px)`;
  };
  addEventListener("scroll", () => open && fit(), { passive: true });

  const show = async () => {
    const { places, index } = open;
    const shown = places[index];
    others.hidden = places.length < 2;
    count.textContent = fill(texts.quote_of, { number: index + 1, count: places.length });
    previous.disabled = index === 0;
    next.disabled = index === places.length - 1;
    tools.replaceChildren();
    const page = make("div.qa-hint", { textContent: texts.loading });
    scroller.replaceChildren(page);
    name.focus({ preventScroll: true });
    try {
      if (!shown) throw new Error(texts.bad_link);
      const article = await showArticle(page, { server, texts, ...shown });
      if (scroller.firstChild !== page) return; // another one has been opened meanwhile
      page.classList.remove("qa-hint");
      scroller.setAttribute("aria-label", article.title);
      open.article = article;
      tools.replaceChildren(only, ...(article.link ? [copyMenu(texts, () => citation(shown))] : []));
      if (article.link) setAddress(`#${article.link}`);
    } catch (error) {
      page.replaceChildren(make("p.qa-notice", { textContent: error.message, role: "alert" }));
    }
  };

  const go = (step) => {
    open.index += step;
    show();
  };

  const leave = () => {
    if (!open) return;
    if (open.isPushed) history.back(); // and then hide
    else {
      if (isLink()) setAddress(open.address);
      hide();
    }
  };

  const hide = () => {
    const { from } = open;
    open = null;
    keepingPlace(from, () => {
      sheet.close();
      beside.hidden = true;
      grid.classList.remove("qa-has-source");
    });
    (from?.isConnected ? from : element.querySelector("textarea"))?.focus({ preventScroll: true });
  };

  const narrow = () => {
    const { id, title } = open.article;
    dispatchEvent(new CustomEvent("qa-scope", { detail: { articles: [id], labels: { [id]: title } } }));
    open.from = element.querySelector("textarea");
    if (wide.matches) open.from.focus({ preventScroll: true });
    else leave();
  };

  // Keys, the address, the screen's width -----------------------------------------------------

  sheet.addEventListener("cancel", (event) => {
    event.preventDefault();
    leave();
  });
  sheet.addEventListener("close", () => open && !wide.matches && leave());
  sheet.addEventListener("click", (event) => event.target === sheet && leave());
  addEventListener("keydown", (event) => {
    const isHere = wide.matches && document.documentElement.dataset.view === "chat";
    if (event.key !== "Escape" || event.defaultPrevented || event.isComposing) return;
    if (open && isHere) leave();
  });
  wide.addEventListener("change", () => open && place());
  addEventListener("popstate", () => open && !isLink() && (open.isPushed || !wide.matches) && hide());
  addEventListener("hashchange", () => isLink() && followLink());

  const followLink = () => {
    const link = placeOfLink(location.hash);
    enter([link], 0, open?.from ?? null);
  };

  const setAddress = (hash) =>
    history.replaceState(history.state, "", location.pathname + location.search + hash);

  if (isLink()) followLink();
};

const isLink = () => location.hash.startsWith("#quote/");

const placeOf = ({ article, start, end, highlights, text }) => ({
  article: article.id,
  start,
  end,
  text,
  highlights: highlights ?? [],
});

const placeOfLink = (hash) => {
  const [, id, start, end, digest] = LINK.exec(hash) ?? [];
  try {
    return id ? { article: decodeURIComponent(id), start: Number(start), end: Number(end), digest } : null;
  } catch {
    return null; // % without two digits
  }
};

// A click opens; one that ends a selection, or the first of two that select a word, does not.
const opensByClick = (words, act) => {
  let waiting;
  words.addEventListener("click", (event) => {
    clearTimeout(waiting);
    if (event.detail > 1) return;
    const open = () => getSelection().isCollapsed && act();
    waiting = setTimeout(open, event.pointerType === "mouse" ? 220 : 0);
  });
};

// The page is laid out anew when the panel comes or goes: what was looked at stays in its place.
const keepingPlace = (node, change) => {
  const before = node?.getBoundingClientRect().top;
  change();
  if (node?.isConnected) scrollBy({ top: node.getBoundingClientRect().top - before, behavior: "instant" });
};

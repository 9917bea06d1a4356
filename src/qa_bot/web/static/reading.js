// An article to read, in any container: around a quote, and more of it on demand.

import { call, make, parse } from "./dom.js";

/**
 * Show an article, or part of a long one, scrolled to the quote.
 *
 * @param {Element} container Where; what was in it goes. It must be visible.
 * @param {object} options `server`, `texts`, and the place: `article` (id); if something of it is
 *   to be marked, `start`, `end`, `highlights`, and to prove it, `text` or `digest`.
 * @returns {Promise<object>} What the server says of it: `id`, `title`, `link` (of the quote).
 */
export const showArticle = async (container, { server, texts, ...place }) => {
  const shown = await call(server, "source", place, texts);
  const ask = (name, data) => call(server, name, { ...place, version: shown.version, ...data }, texts);
  const body = stretch(shown, (data) => ask("source_more", data), texts);
  const notice = make("p.qa-notice", { textContent: shown.notice, hidden: !shown.notice, role: "status" });
  const choice = shown.page ? pageChoice(shown, body, ask, texts) : null;
  container.replaceChildren(
    make("div.qa-reading", {}, choice, notice, parse(shown.frame), body),
  );
  reveal(body.querySelector("mark") ? body : container);
  return shown;
};

// Article or original page; the page is fetched when it is first asked for.
const pageChoice = (shown, body, ask, texts) => {
  let page = null;
  const show = async (asPage) => {
    asArticle.setAttribute("aria-pressed", String(!asPage));
    asOriginal.setAttribute("aria-pressed", String(asPage));
    if (asPage && !page) {
      page = make("div.qa-page", {}, make("p.qa-hint", { textContent: texts.loading }));
      body.after(page);
      page.replaceChildren(...(await pageOf(shown, ask, texts).catch(said)));
    }
    body.hidden = asPage;
    body.parentElement.querySelector(".qa-frame").hidden = asPage;
    if (page) page.hidden = !asPage;
    reveal(asPage ? page : body);
  };
  const asArticle = make("button.qa-tool", { textContent: texts.as_article, "aria-pressed": "true", onclick: () => show(false) });
  const asOriginal = make("button.qa-tool", { textContent: texts.as_page, "aria-pressed": "false", onclick: () => show(true) });
  return make("div.qa-as", { role: "group", "aria-label": texts.as_what }, asArticle, asOriginal);
};

const pageOf = async (shown, ask, texts) => {
  const first = await ask("source_page", {});
  return [
    make("p.qa-hint", { textContent: texts.page_name.replace("{file}", () => shown.page) }),
    first.notice ? make("p.qa-notice", { textContent: first.notice }) : "",
    stretch(first, (data) => ask("source_page", data), texts),
  ];
};

const said = (error) => [make("p.qa-notice", { textContent: error.message, role: "alert" })];

// A part of a text, with buttons for what comes before and after it.
const stretch = (first, more, texts) => {
  const pieces = (html) => parse(`<div class="qa-text">${html}</div>`);
  const text = pieces(first.html);
  let { left, right } = first;
  const extend = async (button, data) => {
    try {
      const got = await more(data);
      const edge = text.firstElementChild;
      const place = edge?.getBoundingClientRect().top;
      const added = [...pieces(got.html).childNodes];
      if (button === before) {
        left = got.left;
        text.prepend(...added);
        // What is read stays where it is.
        if (edge) scrollerOf(text).scrollTop += edge.getBoundingClientRect().top - place;
      } else {
        right = got.right;
        text.append(...added);
      }
      button.hidden = !added.length || (button === before ? got.is_first : got.is_last);
    } catch (error) {
      button.replaceWith(...said(error));
    }
  };
  const before = make("button.qa-secondary", { textContent: texts.more_before, hidden: first.is_first, onclick: () => extend(before, { before: left }) });
  const after = make("button.qa-secondary", { textContent: texts.more_after, hidden: first.is_last, onclick: () => extend(after, { after: right }) });
  return make("div.qa-stretch", {}, before, text, after);
};

// Scrolls what holds the mark so that it is in the upper part; nothing around it moves.
const reveal = (container) => {
  const marks = [...container.querySelectorAll("mark")];
  const mark = marks.find((each) => each.getClientRects().length);
  const scroller = scrollerOf(container);
  if (!mark) scroller.scrollTop = 0;
  else {
    const top = scroller === document.scrollingElement ? 0 : scroller.getBoundingClientRect().top;
    scroller.scrollTop += mark.getBoundingClientRect().top - top - scroller.clientHeight / 4;
  }
};

const scrollerOf = (node) => {
  for (let each = node; each && each !== document.body; each = each.parentElement) {
    if (/auto|scroll/.test(getComputedStyle(each).overflowY)) return each;
  }
  return document.scrollingElement;
};

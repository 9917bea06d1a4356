// The library: its articles, and how some are added and removed. Calls nothing until it is opened.

import { call, fill, make, parse, textsOf } from "./dom.js";
import { adding } from "./library_add.js";
import { building } from "./library_build.js";
import { confirmed } from "./library_dialog.js";
import { filters } from "./library_filters.js";
import { showArticle } from "./reading.js";

export const mount = ({ element, props, server }) => {
  const texts = textsOf(props);
  const ask = (name, data = {}) => call(server, name, data, texts);
  const articles = new WeakMap(); // the id and title of each entry
  let isOpened = false;
  let asked = 0; // the newest search; the answers to older ones come too late
  let place = 0; // how far the list was scrolled when an article was opened

  const notice = make("p.qa-notice", { role: "alert", hidden: true });
  const say = (text) => {
    notice.textContent = text;
    notice.hidden = !text;
  };
  const trying = (work) => async (...given) => {
    say("");
    try {
      await work(...given);
    } catch (error) {
      say(error.message);
    }
  };

  // The list -----------------------------------------------------------------------------------
  const found = make("p.qa-found", { role: "status" });
  const list = make("div.qa-list");
  const more = make("button.qa-secondary", { hidden: true, onclick: () => show({ isMore: true }) });

  const show = trying(async ({ isMore = false } = {}) => {
    const number = ++asked;
    const first = isMore ? list.querySelectorAll(".qa-entry").length : 0;
    const { total, ids, titles, html } = await ask("find", { ...chosen.values(), first });
    if (number !== asked) return;
    const entries = parse(html);
    const added = [...entries.children];
    added.forEach((entry, at) => articles.set(entry, { id: ids[at], title: titles[at] }));
    if (isMore && list.firstElementChild) list.firstElementChild.append(...added);
    else list.replaceChildren(entries);
    const rest = total - first - added.length;
    more.hidden = rest <= 0;
    more.textContent = fill(texts.more, { count: Math.min(rest, added.length) });
    const count = total.toLocaleString("en");
    found.textContent = total ? fill(texts.found, { count }) : texts.found_none;
    if (isMore) added[0]?.querySelector("a").focus();
  });
  const chosen = filters(texts, () => show());

  list.addEventListener("click", (event) => {
    const button = event.target.closest("[data-action]");
    if (!button) return;
    const entry = button.closest(".qa-entry");
    const article = articles.get(entry);
    if (button.dataset.action === "scope") askOnly(article);
    else remove(article, entry);
  });

  const askOnly = ({ id, title }) => {
    dispatchEvent(
      new CustomEvent("qa-scope", { detail: { articles: [id], labels: { [id]: title } } }),
    );
    location.hash = "#chat";
  };

  // What changes the library -------------------------------------------------------------------
  const undo = make("div.qa-undo", { role: "status" });

  const remove = trying(async ({ id, title }, entry) => {
    const isSure = await confirmed({
      place: element,
      title: texts.remove_title,
      text: fill(texts.remove_text, { title }),
      yes: texts.remove_yes,
      no: texts.cancel,
    });
    if (!isSure) return;
    const { key, ...progress } = await ask("remove", { id });
    entry?.remove();
    location.hash = "#library";
    const back = make("button.qa-secondary", {
      textContent: texts.undo,
      onclick: trying(async () => {
        undo.replaceChildren();
        build.follow(await ask("restore", { key }));
        undo.append(make("span", { textContent: fill(texts.undone, { title }) }));
      }),
    });
    undo.replaceChildren(make("span", { textContent: fill(texts.removed, { title }) }), back);
    back.focus();
    build.follow(progress);
  });

  const build = building(texts, {
    progress: () => ask("progress"),
    changed: () => {
      refresh();
      dispatchEvent(new Event("qa-library-changed"));
    },
  });
  const add = adding(texts, { ask, follow: build.follow });

  // One article --------------------------------------------------------------------------------
  const reading = make("section.qa-read", { hidden: true });
  const open = trying(async (id) => {
    const text = make("div.qa-read-text");
    reading.replaceChildren(text);
    const { title } = await showArticle(text, { server, texts, article: id });
    if (location.hash !== address(id)) return;
    const tools = make(
      "p.qa-entry-tools",
      {},
      make("a.qa-tool", { textContent: `← ${texts.back}`, href: "#library" }),
      make("button.qa-tool", { textContent: texts.ask_only, onclick: () => askOnly({ id, title }) }),
    );
    reading.prepend(tools);
    text.querySelector("h2").focus({ preventScroll: true });
  });

  // The frame ----------------------------------------------------------------------------------
  const count = make("p.qa-count");
  const update = make("button.qa-secondary", {
    textContent: texts.update_index,
    onclick: trying(async () => build.follow(await ask("rebuild"))),
  });
  const changes = make("div.qa-changes");
  const browse = make(
    "section.qa-browse",
    {},
    make(
      "header.qa-library-head",
      {},
      make("h2", { textContent: texts.heading }),
      count,
      changes,
    ),
    build.element,
    undo,
    add.element,
    make(
      "div.qa-shelf",
      {},
      make("div.qa-looked-for", { role: "search" }, chosen.search, chosen.fold),
      make("div.qa-results", {}, found, list, more),
    ),
  );
  element.replaceChildren(make("div.qa-library", {}, notice, browse, reading));

  const refresh = trying(async () => {
    const overview = await ask("overview");
    const articles = overview.articles.toLocaleString("en");
    count.textContent = fill(texts.article_count, { count: articles });
    chosen.offer(overview.choices);
    if (overview.may_change) {
      add.allow(overview.most_bytes);
      changes.replaceChildren(add.button, update);
    } else changes.replaceChildren(make("p.qa-found", { textContent: texts.read_only }));
    build.follow(overview);
    await show();
  });

  const address = (id) => `#library/${encodeURIComponent(id)}`;
  const turn = () => {
    if (document.documentElement.dataset.view !== "library") return;
    if (!isOpened) refresh();
    isOpened = true;
    const isList = !location.hash.includes("/");
    if (!isList && reading.hidden) place = scrollY;
    if (isList !== reading.hidden) {
      browse.hidden = !isList;
      reading.hidden = isList;
      reading.replaceChildren();
      // After the masthead, which keeps the place of each view, has scrolled.
      requestAnimationFrame(() => scrollTo(0, isList ? place : 0));
    }
    if (!isList) open(idIn(location.hash));
  };
  const idIn = (hash) => {
    try {
      return decodeURIComponent(hash.slice(hash.indexOf("/") + 1));
    } catch {
      return ""; // an address that nobody made
    }
  };
  addEventListener("hashchange", turn);
  turn();
};

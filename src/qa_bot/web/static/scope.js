// Which articles may answer: a dialog to choose them, and what is chosen beside the question box.

import { call, fill, languageOf, make } from "./dom.js";
import { combobox } from "./combobox.js";

const NAMES = ["articles", "authors", "speakers", "sources"];
const DATES = ["since", "until"];
const MOST = 20; // of one kind

/**
 * Make the choice, and put it above the question box.
 *
 * Another part of the page sets it by an event on the window: `qa-scope`, whose detail has fields
 * of a scope and, by article id, `labels`.
 *
 * @param {object} texts In the page's language.
 * @param {{server: object, box: HTMLElement}} page The server's functions; the composer's element.
 */
export const scopePicker = (texts, { server, box }) => {
  let chosen = {}; // as QABot.ask takes it
  const labels = {}; // titles by article id
  let missing = {}; // what the index no longer has, by field

  const open = make("button.qa-tool", { "aria-haspopup": "dialog", onclick: () => show() });
  const chips = make("ul.qa-chips", { role: "list", "aria-label": texts.scope_chosen });
  box.querySelector(".qa-ask").before(make("div.qa-scope-bar", {}, open, chips));

  const fields = NAMES.map((field) => {
    const names = make("ul.qa-chips", { role: "list", "aria-label": texts.scope_chosen });
    const search = combobox(texts, {
      label: texts[`scope_${field}`],
      placeholder: field === "articles" ? texts.scope_find_articles : texts.scope_find_names,
      suggest: async (text) => {
        const found = await call(server, "suggest_names", { field, text }, texts);
        return found.suggestions.filter(({ value }) => !chosen[field]?.includes(value));
      },
      choose: ({ value, label }) => add(field, value, label),
    });
    return { field, names, search, element: make("div.qa-field", {}, search.element, names) };
  });
  const dates = DATES.map((field) => ({
    field,
    input: make("input", {
      type: "date",
      id: `qa-scope-${field}`,
      min: "1000-01-01", // a year that is still being typed is no date
      max: "9999-12-31",
      onchange: ({ target }) => put(field, target.validity.valid ? target.value : ""),
    }),
  }));
  const notice = make("p.qa-notice", { role: "alert", hidden: true });
  const dialog = make(
    "dialog.qa-dialog.qa-scope-dialog",
    { "aria-labelledby": "qa-scope-heading", onclick: ({ target }) => target === dialog && hide() },
    make(
      "div",
      {},
      make("h2", { id: "qa-scope-heading", textContent: texts.scope_heading }),
      make("p.qa-hint", { textContent: texts.scope_hint }),
      ...fields.map(({ element }) => element),
      make(
        "div.qa-dates",
        {},
        ...dates.map(({ field, input }) =>
          make("div", {}, make("label", { htmlFor: input.id, textContent: texts[`scope_${field}`] }), input),
        ),
      ),
      notice,
      make(
        "div.qa-dialog-actions",
        {},
        make("button.qa-secondary", { textContent: texts.scope_clear, onclick: () => clear() }),
        make("button.qa-primary", { textContent: texts.scope_done, onclick: () => hide() }),
      ),
    ),
  );
  const show = () => {
    box.after(dialog); // not in it: its styles are of the question box
    draw();
    dialog.showModal();
    fields[0].search.focus();
  };
  const hide = () => dialog.close();
  // A closed dialog gives the focus back; one that has left the page would keep all else inert.
  dialog.addEventListener("close", () => fields.forEach(({ search }) => search.clear()));
  addEventListener("hashchange", () => dialog.open && hide());

  const say = (text) => {
    notice.textContent = text;
    notice.hidden = !text;
  };

  const add = (field, value, label) => {
    const values = chosen[field] ?? [];
    if (values.length >= MOST) return say(fill(texts.scope_most, { most: MOST }));
    if (field === "articles") labels[value] = label;
    put(field, [...values, value]);
  };

  const put = (field, value) => {
    chosen = { ...chosen, [field]: value };
    if (!value?.length) delete chosen[field];
    draw();
  };

  const remove = (field, value) =>
    put(field, Array.isArray(chosen[field]) ? chosen[field].filter((each) => each !== value) : "");

  const clear = () => {
    chosen = {};
    draw();
    fields[0].search.focus();
  };

  const draw = () => {
    const all = Object.entries(chosen).flatMap(([field, values]) =>
      [values].flat().map((value) => [field, value]),
    );
    open.textContent = all.length ? texts.scope_some : texts.scope_all;
    const next = (number) => (chips.children[Math.min(number, chips.children.length - 1)]?.lastChild ?? open).focus();
    chips.replaceChildren(...all.map(([field, value], number) => chip(field, value, () => next(number))));
    for (const { field, names, search } of fields) {
      const own = (chosen[field] ?? []).map((value) => chip(field, value, search.focus));
      names.replaceChildren(...own);
    }
    for (const { field, input } of dates)
      if (input !== document.activeElement) input.value = chosen[field] ?? "";
    const isWrong = chosen.since && chosen.until && chosen.since > chosen.until;
    say(isWrong ? texts.scope_order : "");
  };

  const chip = (field, value, after) => {
    const name = labels[value] ?? value;
    const isGone = missing[field]?.includes(value);
    const text = fill(texts[`scope_chip_${field}`], { name });
    return make(
      isGone ? "li.qa-gone" : "li",
      { title: name },
      make("span", {
        textContent: isGone ? fill(texts.scope_chip_gone, { name: text }) : text,
        lang: languageOf(name),
      }),
      make("button", {
        textContent: "×",
        "aria-label": fill(texts.scope_remove, { name: text }),
        onclick: () => {
          remove(field, value);
          after();
        },
      }),
    );
  };

  const value = () => chosen;

  /** Choose anew; `known` has titles by article id, the server is asked for the others. */
  const set = (scope, known = {}) => {
    chosen = {};
    for (const field of [...NAMES, ...DATES]) if (scope?.[field]?.length) chosen[field] = scope[field];
    Object.assign(labels, known);
    draw();
    if (chosen.articles?.some((id) => !labels[id])) check();
  };

  /** Look up titles, and what is no longer there. */
  const check = async () => {
    if (!Object.keys(chosen).length) return;
    try {
      const found = await call(server, "look_up", { scope: chosen }, texts);
      Object.assign(labels, found.titles);
      missing = found.missing;
      draw();
    } catch {
      // Only the looks of it: the next question tells the reader what is wrong.
    }
  };

  addEventListener("qa-scope", ({ detail }) => {
    set(detail, detail.labels);
    if (document.documentElement.dataset.view !== "chat") location.hash = "#chat";
    // The view is shown once the address has changed.
    setTimeout(() => box.querySelector("textarea").focus());
  });
  draw();
  return { value, set, check };
};

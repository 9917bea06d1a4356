// What is looked for in the library: words, source, author, speaker, kind, dates.

import { fill, make } from "./dom.js";

const PAUSE = 300; // milliseconds after the last key

/**
 * Make the form.
 *
 * @param {object} texts In the page's language.
 * @param {() => void} changed Called when something else is looked for.
 */
export const filters = (texts, changed) => {
  const search = make("input.qa-search", {
    type: "search",
    placeholder: texts.search_placeholder,
    maxLength: 200,
    "aria-label": texts.search_label,
  });
  let timer;
  let isComposing = false; // a Chinese word that is not chosen yet is not looked for
  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(() => isComposing || changed(), PAUSE);
  };
  search.addEventListener("compositionstart", () => (isComposing = true));
  search.addEventListener("compositionend", () => {
    isComposing = false;
    later();
  });
  search.addEventListener("input", later);

  const turned = () => {
    const count = Object.values(fields).filter((field) => field.value).length;
    summary.textContent = count ? fill(texts.filters_on, { count }) : texts.filters;
    reset.hidden = !count;
  };
  const choose = () => {
    turned();
    changed();
  };
  const select = () => make("select", { onchange: choose });
  const day = () => make("input", { type: "date", min: "1000-01-01", max: "9999-12-31", onchange: choose });
  const fields = {
    source: select(),
    author: select(),
    speaker: select(),
    kind: select(),
    since: day(),
    until: day(),
  };
  const labelled = (name) =>
    make("label", {}, make("span", { textContent: texts[`${name}_label`] }), fields[name]);
  const reset = make("button.qa-tool", {
    textContent: texts.reset,
    hidden: true,
    onclick: () => {
      for (const field of Object.values(fields)) field.value = "";
      choose();
      search.focus();
    },
  });
  const summary = make("summary", { textContent: texts.filters });
  const fold = make("details.qa-filters", {}, summary, ...Object.keys(fields).map(labelled), reset);
  // Where there is room for it, it stands open beside the list.
  fold.open = matchMedia("(min-width: 900px)").matches;

  return {
    search,
    fold,
    /** Return what is looked for. */
    values: () => ({
      words: search.value,
      ...Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, field.value])),
    }),
    /** Fill the lists; what is chosen stays chosen if it is still there. */
    offer: (choices) => {
      for (const [name, entries] of Object.entries(choices)) {
        const field = fields[name];
        const { value } = field;
        const options = entries.map(({ value, label, count }) =>
          make("option", { value, textContent: fill(texts.choice, { label, count }) }),
        );
        field.replaceChildren(make("option", { value: "", textContent: texts.any_choice }), ...options);
        field.value = value;
        if (field.selectedIndex < 0) field.value = "";
        field.parentElement.hidden = !entries.length;
      }
      turned();
    },
  };
};

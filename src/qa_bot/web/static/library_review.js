// What the import made of a file: looked through and corrected by the reader, then added.

import { fill, languageOf, make } from "./dom.js";

/**
 * Make the form.
 *
 * @param {object} texts In the page's language.
 * @param {object} found What the server read, see `preview` in library_import.py.
 * @param {{add: Function, discard: Function}} actions Add takes the corrections, an entry each.
 */
export const review = (texts, found, { add, discard }) => {
  const isPage = !found.is_article;
  const count = found.articles.length;
  const forms = found.articles.map((article, at) =>
    form(texts, article, { kinds: found.kinds, number: at + 1, isOne: count === 1 }),
  );
  const notice = make("p.qa-notice", { role: "alert", hidden: true });
  const submit = make("button.qa-primary", {
    textContent: texts.add,
    onclick: async () => {
      if (!forms.every((each) => each.isValid())) return;
      submit.disabled = true;
      notice.hidden = true;
      try {
        await add(forms.map((each) => each.corrections()));
      } catch (error) {
        notice.textContent = error.message;
        notice.hidden = false;
        submit.disabled = false;
        submit.focus();
      }
    },
  });
  const title = fill(isPage ? texts.review : texts.review_article, { name: found.name, count });
  return make(
    "div.qa-review",
    {},
    make("div", { role: "status" }, make("h3", { textContent: title })),
    ...forms.map((each) => each.element),
    ...(isPage ? remarks(texts, found) : []),
    notice,
    make(
      "div.qa-review-buttons",
      {},
      submit,
      make("button.qa-secondary", { textContent: texts.discard, onclick: discard }),
    ),
  );
};

/** One article, with what can be corrected of it. */
const form = (texts, article, { kinds, number, isOne }) => {
  const taken = make("input", { type: "checkbox", checked: true });
  const text = (value, properties = {}) =>
    make("input", { type: "text", value: value ?? "", maxLength: 300, ...properties });
  const title = text(article.title);
  const source = text(article.source);
  const date = make("input", { type: "date", value: article.date ?? "", max: "9999-12-31" });
  const known = { "": texts.no_kind, ...(article.kind && { [article.kind]: article.kind }), ...kinds };
  const options = Object.entries(known).map(([value, textContent]) =>
    make("option", { value, textContent }),
  );
  const kind = make("select", {}, ...options);
  kind.value = article.kind ?? "";

  const people = make("div.qa-people");
  const addPerson = ({ name, role } = {}) => {
    const number = people.children.length + 1;
    const labels = (label, placeholder) => ({ "aria-label": fill(label, { number }), placeholder });
    const row = make(
      "div",
      {},
      text(name, labels(texts.name_label, texts.name_hint)),
      text(role, labels(texts.role_label, texts.role_hint)),
    );
    people.append(row);
    return row;
  };
  article.authors.forEach(addPerson);
  if (!article.authors.length) addPerson();
  const authors = () =>
    [...people.children]
      .map(({ children: [name, role] }) => ({ name: name.value, role: role.value }))
      .filter(({ name }) => name.trim());

  const fields = { title, source, date, kind };
  const values = () => ({
    ...Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, field.value])),
    authors: authors(),
  });
  const before = values();
  const labelled = (name, field) => make("label", {}, make("span", { textContent: name }), field);
  const legend = isOne
    ? make("legend.qa-hidden", { textContent: article.title })
    : make(
        "legend",
        {},
        make("label.qa-take", {}, taken, fill(texts.article_number, { number })),
      );
  const speakers = article.speakers.map(({ name, role }) => (role ? `${name}（${role}）` : name));
  const form = make(
    "div.qa-fields",
    {},
    labelled(texts.title_label, title),
    make(
      "div.qa-authors",
      { role: "group", "aria-label": texts.authors_label },
      make("span", { textContent: texts.authors_label }),
      people,
      make("button.qa-tool", {
        textContent: texts.one_more_author,
        onclick: () => addPerson().firstElementChild.focus(),
      }),
    ),
    labelled(texts.source_label, source),
    labelled(texts.date_label, date),
    labelled(texts.kind_label, kind),
    speakers.length
      ? make("p.qa-facts", { textContent: fill(texts.said_by, { names: speakers.join("；") }) })
      : null,
    make("p.qa-facts", { textContent: fill(texts.paragraphs, { count: article.count }) }),
    make(
      "div.qa-first",
      { lang: languageOf(article.title) },
      ...article.first.map((line) => make("p", { textContent: line })),
    ),
  );
  taken.addEventListener("change", () => (form.hidden = !taken.checked));
  return {
    element: make("fieldset.qa-found-article", {}, legend, form),
    /** Whether the date is whole or empty; if not, the browser says so. */
    isValid: () => !taken.checked || date.reportValidity(),
    /** Return what was changed; null if the article is left out. */
    corrections: () =>
      taken.checked
        ? Object.fromEntries(
            Object.entries(values()).filter(
              ([name, value]) => JSON.stringify(value) !== JSON.stringify(before[name]),
            ),
          )
        : null,
  };
};

/** What the import is not sure of, left out, and cannot account for. */
const remarks = (texts, { doubts, left_out: leftOut, lost }) => {
  const fold = (name, entries, lines) =>
    make(
      "details.qa-remarks",
      {},
      make("summary", { textContent: fill(name, { count: entries.length }) }),
      make("ul", {}, ...entries.map((entry) => make("li", {}, ...lines(entry)))),
    );
  const small = (text) => make("span.qa-where", { textContent: text });
  return [
    lost.length ? fold(texts.lost, lost, (each) => [each.text, small(each.lines)]) : null,
    doubts.length
      ? fold(texts.doubts, doubts, (each) => [each.what, small(`${each.lines} · ${each.sure}`)])
      : make("p.qa-facts", { textContent: texts.doubts_none }),
    leftOut.length
      ? fold(texts.left_out, leftOut, (each) => [
          each.text,
          small(`${each.lines} · ${each.reason}`),
        ])
      : null,
  ];
};

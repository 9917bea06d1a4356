// The conversations kept in this browser, in a dialog: open one, remove one or all.

import { fill, languageOf, make } from "./dom.js";
import { conversations, hasAny, remove, removeAll } from "./conversations.js";

/**
 * Make the dialog.
 *
 * @param {object} texts In the page's language.
 * @param {object} chat `shown()`: the name of the conversation that is shown; `open(name)` and
 *   `begin()` another one; `say(text)`; `changed()`: something was removed.
 */
export const historyDialog = (texts, chat) => {
  const list = make("ul.qa-kept");
  const nothing = make("p.qa-hint", { textContent: texts.history_empty });
  const status = make("p.qa-hidden", { role: "status" });
  const foot = make("div.qa-foot");
  const heading = make("h2", { id: "qa-history-title", textContent: texts.history, tabIndex: -1 });
  const dialog = make(
    "dialog.qa-history",
    { "aria-labelledby": heading.id },
    make(
      "header",
      {},
      heading,
      make("button.qa-tool", { textContent: texts.close, onclick: () => dialog.close() }),
    ),
    make("p.qa-hint", { textContent: texts.history_hint }),
    nothing,
    list,
    foot,
    status,
  );
  // A click beside the dialog falls on its backdrop, which is the dialog itself.
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());

  const date = new Intl.DateTimeFormat(document.documentElement.lang, {
    dateStyle: "medium",
    timeStyle: "short",
  });

  const item = ({ name, title, when, count }) => {
    const about = [
      date.format(when),
      count === 1 ? texts.history_one_question : fill(texts.history_questions, { count }),
      ...(name === chat.shown() ? [texts.history_current] : []),
    ];
    return make(
      "li",
      {},
      make(
        "button.qa-open",
        {
          onclick: async () => {
            dialog.close();
            await chat.open(name);
            chat.say(fill(texts.opened, { title }));
          },
        },
        make("span.qa-title", { textContent: title, lang: languageOf(title) }),
        make("span.qa-when", { textContent: about.join(" · ") }),
      ),
      make("button.qa-tool", {
        textContent: texts.remove,
        "aria-label": fill(texts.remove_label, { title }),
        onclick: () => forget(() => remove(name), name === chat.shown()),
      }),
    );
  };

  const fillList = () => {
    const all = conversations();
    list.replaceChildren(...all.map(item));
    nothing.hidden = all.length > 0;
    offerAll(all.length);
  };

  const offerAll = (count) => {
    const ask = make("button.qa-tool", { textContent: texts.remove_all, onclick: () => confirm(count) });
    foot.replaceChildren(...(count ? [ask] : []));
    return ask;
  };

  const confirm = (count) => {
    const no = make("button.qa-secondary", {
      textContent: texts.cancel,
      onclick: () => offerAll(count).focus(),
    });
    foot.replaceChildren(
      make("p", { textContent: fill(texts.remove_all_sure, { count }), role: "alert" }),
      make("button.qa-primary", {
        textContent: texts.remove_all_yes,
        onclick: () => forget(removeAll, true),
      }),
      no,
    );
    no.focus();
  };

  const forget = (action, isShown) => {
    action();
    if (isShown) chat.begin({ quietly: true });
    status.textContent = texts.removed;
    fillList();
    heading.focus(); // what was pressed is gone
    chat.changed();
  };

  return {
    element: dialog,
    hasAny,
    open: () => {
      status.textContent = "";
      fillList();
      dialog.showModal();
    },
  };
};

// What can be done with the whole conversation: begin a new one, look at those kept, export.

import { call, make } from "./dom.js";
import { historyDialog } from "./history.js";

/**
 * Make the toolbar.
 *
 * @param {object} texts In the page's language.
 * @param {object} chat What it works on: `server`; `answers()` and `shown()`, the answers and the
 *   name of the conversation; `open(name)` and `begin()` another one; `say(text)`, `fail(reason)`; `focus()`, the box.
 */
export const toolbar = (texts, chat) => {
  const history = historyDialog(texts, { ...chat, changed: () => update() });
  const begin = make("button.qa-tool", { textContent: texts.new_conversation, onclick: chat.begin });
  const past = make("button.qa-tool", {
    textContent: texts.history,
    "aria-haspopup": "dialog",
    onclick: history.open,
  });
  const exporting = exportMenu(texts, chat);
  const element = make(
    "div.qa-bar",
    { role: "group", "aria-label": texts.tools },
    begin,
    past,
    exporting,
  );
  // What opened the dialog may be gone when it is closed.
  history.element.addEventListener("close", () => past.hidden && chat.focus());

  const update = () => {
    const isEmpty = !chat.answers().length;
    begin.hidden = exporting.hidden = isEmpty;
    past.hidden = isEmpty && !history.hasAny();
    element.hidden = past.hidden;
  };
  return { element, dialog: history.element, update };
};

const exportMenu = (texts, chat) => {
  const isOpen = () => !panel.hidden;
  const setOpen = (open) => {
    panel.hidden = !open;
    button.setAttribute("aria-expanded", String(open));
  };
  const button = make("button.qa-tool", {
    textContent: texts.export,
    "aria-expanded": "false",
    onclick: () => setOpen(!isOpen()),
  });
  const item = (text, format) =>
    make("button.qa-tool", {
      textContent: text,
      onclick: () => {
        close();
        save(format);
      },
    });
  const panel = make(
    "div.qa-menu",
    { hidden: true },
    item(texts.export_markdown, "markdown"),
    item(texts.export_html, "html"),
  );
  const close = () => {
    setOpen(false);
    button.focus();
  };
  const save = async (format) => {
    try {
      const asked = { answers: chat.answers(), format };
      const { name, type, text } = await call(chat.server, "export", asked, texts);
      const href = URL.createObjectURL(new Blob([text], { type }));
      make("a", { href, download: name }).click();
      setTimeout(() => URL.revokeObjectURL(href), 60_000);
    } catch (error) {
      chat.fail(error.message);
    }
  };

  const element = make("div.qa-export", {}, button, panel);
  element.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && isOpen()) close();
  });
  element.addEventListener("focusout", (event) => {
    if (!element.contains(event.relatedTarget)) setOpen(false);
  });
  return element;
};

// Copies a quote as a citation, as Markdown, or the link to it.

import { make } from "./dom.js";

/**
 * Make the menu: a word that opens three buttons.
 *
 * @param {object} texts In the page's language.
 * @param {() => Promise<object>} read Gives `citation`, `markdown` and `link`.
 */
export const copyMenu = (texts, read) => {
  const said = make("span.qa-copied", { role: "status" });
  let saying;
  const say = (...what) => {
    clearTimeout(saying);
    said.replaceChildren(...what);
  };
  const choice = (name, label) => {
    const button = make("button.qa-tool", {
      textContent: label,
      onclick: async () => {
        say();
        try {
          const text = read().then((quote) => quote[name]);
          if (await write(text, menu)) {
            say(texts.copied);
            saying = setTimeout(say, 3000);
          } else say(texts.not_copied, make("textarea", { value: await text, readOnly: true, rows: 3, "aria-label": label }));
        } catch (error) {
          say(error.message);
        }
        if (!said.querySelector("textarea")) button.focus();
      },
    });
    return button;
  };
  const summary = make("summary", { textContent: texts.copy });
  const menu = make(
    "details.qa-copy",
    {
      onkeydown: (event) => {
        if (event.key !== "Escape" || !menu.open) return;
        event.preventDefault(); // closes this, and not what it stands in
        event.stopPropagation();
        menu.open = false;
        summary.focus();
      },
    },
    summary,
    choice("citation", texts.copy_citation),
    choice("markdown", texts.copy_markdown),
    choice("link", texts.copy_link),
    said,
  );
  return menu;
};

// Some browsers let a page copy only at once after a click: they take the text when it comes.
// Over plain http there is no clipboard but the one of a selection.
const write = async (text, host) => {
  if (navigator.clipboard && window.ClipboardItem) {
    try {
      const blob = text.then((words) => new Blob([words], { type: "text/plain" }));
      await navigator.clipboard.write([new ClipboardItem({ "text/plain": blob })]);
      return true;
    } catch {
      await text; // what the server refuses is told
    }
  }
  const box = make("textarea.qa-hidden", { value: await text, readOnly: true });
  host.append(box);
  box.select();
  const isCopied = document.execCommand("copy");
  box.remove();
  return isCopied;
};

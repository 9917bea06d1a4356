// A text box with suggestions below it: the ARIA pattern of an editable combobox with a list.

import { fill, languageOf, make } from "./dom.js";

const PAUSE = 150; // milliseconds of typing that are waited for
let count = 0; // of boxes, for ids

/**
 * Make one.
 *
 * @param {object} texts In the page's language.
 * @param {object} options
 * @param {string} options.label Its name.
 * @param {string} options.placeholder What may be typed.
 * @param {(text: string) => Promise<{value: string, label: string, note?: string}[]>}
 *   options.suggest Finds suggestions.
 * @param {(suggestion: object) => void} options.choose Is told which one the reader chose.
 */
export const combobox = (texts, { label, placeholder, suggest, choose }) => {
  const id = `qa-combobox-${++count}`;
  const list = make("ul", { id: `${id}-list`, role: "listbox", "aria-label": label, hidden: true });
  const box = make("input", {
    id,
    type: "text",
    placeholder,
    autocomplete: "off",
    maxLength: 100,
    role: "combobox",
    "aria-autocomplete": "list",
    "aria-expanded": "false",
    "aria-controls": list.id,
  });
  const status = make("p.qa-found", { role: "status" });
  let shown = []; // suggestions in the list
  let active = -1; // which of them the arrows stand on
  let asked = 0; // a later question makes the answer to an earlier one stale
  let timer;

  const close = () => {
    clearTimeout(timer);
    asked++;
    list.hidden = true;
    status.textContent = "";
    box.setAttribute("aria-expanded", "false");
    stand(-1);
  };

  const stand = (number) => {
    list.children[active]?.setAttribute("aria-selected", "false");
    active = number;
    const option = list.children[active];
    if (option) {
      option.setAttribute("aria-selected", "true");
      option.scrollIntoView({ block: "nearest" });
      box.setAttribute("aria-activedescendant", option.id);
    } else box.removeAttribute("aria-activedescendant");
  };

  const find = async () => {
    const number = ++asked;
    let found;
    try {
      found = await suggest(box.value);
    } catch (error) {
      if (number === asked) status.textContent = error.message;
      return;
    }
    if (number !== asked || !list.isConnected) return;
    shown = found;
    stand(-1);
    list.replaceChildren(...shown.map(option));
    list.hidden = !shown.length;
    box.setAttribute("aria-expanded", String(!list.hidden));
    status.textContent = shown.length
      ? fill(texts.scope_found, { count: shown.length })
      : texts.scope_none_found;
    status.classList.toggle("qa-hidden", shown.length > 0);
  };

  const option = (suggestion, number) =>
    make(
      "li",
      {
        id: `${id}-${number}`,
        role: "option",
        lang: languageOf(suggestion.label),
        "aria-selected": "false",
        onclick: () => take(suggestion),
      },
      suggestion.label,
      suggestion.note ? make("small", { textContent: suggestion.note }) : null,
    );

  const take = (suggestion) => {
    box.value = "";
    close();
    box.focus();
    choose(suggestion);
  };

  const keys = {
    ArrowDown: () => (list.hidden ? find() : stand((active + 1) % shown.length)),
    ArrowUp: () => (list.hidden ? find() : stand((Math.max(active, 0) || shown.length) - 1)),
    Enter: () => {
      // A single suggestion needs no arrow.
      const number = shown.length === 1 ? 0 : active;
      if (!list.hidden && shown[number]) take(shown[number]);
    },
    Escape: () => close(),
  };
  box.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229 || !keys[event.key]) return;
    if (event.key === "Escape" && list.hidden) return; // closes the dialog
    event.preventDefault();
    keys[event.key]();
  });
  const typed = () => {
    clearTimeout(timer);
    timer = setTimeout(find, PAUSE);
  };
  // Letters that an input method has not made a word of yet are not looked for.
  box.addEventListener("input", (event) => event.isComposing || typed());
  box.addEventListener("compositionend", typed);
  box.addEventListener("click", () => list.hidden && find());
  box.addEventListener("blur", close);
  list.addEventListener("pointerdown", (event) => event.preventDefault()); // the box keeps the focus

  return {
    element: make("div.qa-combobox", {}, make("label", { htmlFor: id, textContent: label }), box, list, status),
    focus: () => box.focus(),
    clear: () => {
      box.value = "";
      close();
    },
  };
};

// What can be done with a turn of the conversation, and what of it is read out.

import { fill, make } from "./dom.js";

/** Return the quiet buttons below an answer; the style sheet shows "ask again" of the last one. */
export const actionsOf = (question, texts, { retry, edit }) => {
  const button = (kind, text, label, onclick) =>
    make(`button.qa-tool.${kind}`, {
      textContent: text,
      "aria-label": fill(label, { question }),
      onclick,
    });
  return make(
    "div.qa-actions",
    {},
    button("qa-retry", texts.retry, texts.retry_label, retry),
    button("qa-edit", texts.edit, texts.edit_label, edit),
  );
};

/** Return what a screen reader should say of a new turn: the answer, not what can be done with it. */
export const spokenText = (turn) => {
  const said = turn.querySelectorAll(
    ".qa-understood, .qa-verdict, .qa-quotes .qa-words, .qa-sides .qa-words, .qa-speaker, .qa-abstained",
  );
  return [...said].map((part) => part.textContent.trim()).join("\n");
};

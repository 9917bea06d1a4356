// A question that is answered before something is done.

import { make } from "./dom.js";

let number = 0;

/**
 * Ask; Escape means no, and the focus goes back to where it was.
 *
 * @param {{place: Element, title: string, text: string, yes: string, no: string}} question
 * @returns {Promise<boolean>}
 */
export const confirmed = ({ place, title, text, yes, no }) =>
  new Promise((resolve) => {
    const id = `qa-confirm-${++number}`;
    const button = (kind, name, value) =>
      make(`button.${kind}`, { textContent: name, onclick: () => dialog.close(value) });
    const dialog = make(
      "dialog.qa-confirm",
      { "aria-labelledby": id },
      make("h2", { id, textContent: title }),
      make("p", { textContent: text }),
      make("div.qa-confirm-buttons", {}, button("qa-secondary", no, ""), button("qa-primary", yes, "yes")),
    );
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes");
    });
    place.append(dialog);
    dialog.showModal();
  });

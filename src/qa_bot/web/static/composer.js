// The box that questions are typed in: Enter sends, Shift+Enter is a new line.

import { make } from "./dom.js";

/**
 * Make the box.
 *
 * @param {object} texts In the page's language.
 * @param {{ask: (question: string) => void}} actions What is done with a question.
 */
export const composer = (texts, actions) => {
  const box = make("textarea", {
    rows: 1,
    placeholder: texts.ask_placeholder,
    "aria-label": texts.ask_label,
  });
  const send = make("button.qa-primary.qa-send", { textContent: texts.send, onclick: () => submit() });
  const notice = make("p.qa-notice", { role: "alert", hidden: true });
  let waiting = null;

  const submit = () => {
    if (waiting) {
      waiting.isStopped = true;
      finish();
      say(texts.stopped);
    } else if (box.value.trim()) actions.ask(box.value);
    else say(texts.empty);
  };

  const say = (text) => {
    notice.textContent = text;
    notice.hidden = !text;
  };

  const finish = () => {
    waiting = null;
    send.textContent = texts.send;
  };

  // Enter that ends the composition of a word (Chinese input methods) must not send the question.
  // Safari reports that Enter after the composition, with key code 229.
  let composed = 0;
  box.addEventListener("compositionend", () => (composed = performance.now()));
  box.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey) return;
    if (event.isComposing || event.keyCode === 229 || performance.now() - composed < 20) return;
    event.preventDefault();
    submit();
  });

  // As high as its text, up to what the style allows.
  const grow = () => {
    box.style.height = "auto";
    box.style.height = `${box.scrollHeight + box.offsetHeight - box.clientHeight}px`;
  };
  box.addEventListener("input", grow);

  return {
    element: make("div.qa-composer", {}, notice, make("div.qa-ask", {}, box, send)),
    /** Show that an answer is waited for; returns what tells whether the reader stopped it. */
    wait: () => {
      waiting = { isStopped: false };
      say("");
      send.textContent = texts.stop;
      return waiting;
    },
    /** The answer is there. */
    done: () => {
      finish();
      box.value = "";
      grow();
    },
    /** There is none: say why, and keep the question. */
    fail: (reason) => {
      finish();
      say(reason);
    },
    /** Put a question into the box, to be changed. */
    edit: (question) => {
      box.value = question;
      grow();
      box.focus();
    },
  };
};

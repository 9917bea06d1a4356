// The box that questions are typed in: Enter sends, Shift+Enter is a new line, Esc gives up.

import { make } from "./dom.js";

const DOUBLE = 400; // milliseconds in which a second click or Enter belongs to the first

/**
 * Make the box.
 *
 * @param {object} texts In the page's language.
 * @param {{ask: (question: string) => void, giveUp: () => void}} actions What is done with a
 *   question, and when the reader does not want to change one any more.
 */
export const composer = (texts, actions) => {
  const box = make("textarea", {
    rows: 1,
    placeholder: texts.ask_placeholder,
    "aria-label": texts.ask_label,
  });
  const send = make("button.qa-primary.qa-send", { textContent: texts.send, onclick: () => press() });
  const notice = make("div.qa-notice", { role: "alert", hidden: true });
  let waiting = null; // for the answer to a question
  let draft = null; // what stood in the box before a question was put into it to be changed
  let turned = -DOUBLE; // when the button last changed

  const press = () => {
    const isDouble = performance.now() - turned < DOUBLE;
    if (waiting) {
      if (!isDouble) stop();
    } else if (box.value.trim()) actions.ask(box.value);
    else if (!isDouble) say(texts.empty);
  };

  const say = (text, label, act) => {
    const button = label && make("button.qa-tool", { textContent: label, onclick: act });
    notice.replaceChildren(make("span", { textContent: text }), ...(button ? [button] : []));
    notice.hidden = !text;
  };

  const put = (text) => {
    box.value = text;
    grow();
  };

  const finish = () => {
    waiting = null;
    turned = performance.now();
    send.textContent = texts.send;
  };

  // The question comes back into the box, unless the reader has begun another one there.
  const giveBack = (question) => {
    if (!box.value.trim()) put(question);
  };

  const stop = () => {
    const { question } = waiting;
    waiting.isStopped = true;
    finish();
    giveBack(question);
    say(texts.stopped);
    box.focus();
  };

  const giveUp = () => {
    put(draft);
    draft = null;
    say("");
    actions.giveUp();
  };

  // Enter that ends the composition of a word (Chinese input methods) must not send the question,
  // nor Esc give it up. Safari reports that key after the composition, with key code 229.
  let composed = -Infinity;
  box.addEventListener("compositionend", () => (composed = performance.now()));
  box.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229 || performance.now() - composed < 20) return;
    if (event.key === "Escape" && (waiting || draft !== null)) {
      event.preventDefault();
      waiting ? stop() : giveUp();
    }
    if (event.key !== "Enter" || event.shiftKey) return;
    event.preventDefault();
    // A second Enter must neither ask again nor stop, and an empty box says enough by itself.
    if (!waiting && box.value.trim()) actions.ask(box.value);
  });

  // As high as its text, up to what the style allows.
  const grow = () => {
    box.style.height = "auto";
    box.style.height = `${box.scrollHeight + box.offsetHeight - box.clientHeight}px`;
  };
  box.addEventListener("input", grow);

  return {
    element: make("div.qa-composer", {}, notice, make("div.qa-ask", {}, box, send)),
    isWaiting: () => waiting !== null,
    /** Show that an answer is waited for; returns what tells whether the reader stopped it. */
    wait: (question) => {
      waiting = { question, isStopped: false };
      turned = performance.now();
      say("");
      send.textContent = texts.stop;
      return waiting;
    },
    /** The answer is there: its question leaves the box; another one that was begun stays. */
    done: () => {
      const { question } = waiting;
      finish();
      if (box.value === question) put(draft ?? "");
      draft = null;
    },
    /** There is none: say why, keep the question, and offer to try again. */
    fail: (reason, retry) => {
      if (waiting) giveBack(waiting.question);
      finish();
      say(reason, retry && texts.try_again, retry);
    },
    /** Put a question into the box, to be changed. */
    edit: (question) => {
      draft ??= box.value;
      put(question);
      say(texts.editing, texts.give_up, giveUp);
      box.focus();
    },
    /** Wait for nothing and say nothing: another conversation begins. */
    reset: () => {
      if (waiting) waiting.isStopped = true;
      finish();
      if (draft !== null) put(draft);
      draft = null;
      say("");
    },
    focus: () => box.focus(),
  };
};

// Under each answer: whether it was helpful, and if not, why not.

import { call, make } from "./dom.js";

const REASONS = ["wrong", "speaker", "abstain", "incomplete", "other"];
const REASONS_OF_NONE = ["missed", "other"]; // if there was no answer

let count = 0; // of answers, for ids

/**
 * Let the reader judge each answer that is shown.
 *
 * A judgement is kept in `asked.judgement` ({id, liked}), from where it is shown again, and told by
 * an event `qa-judged` with the same detail as `qa-turn`.
 *
 * @param {HTMLElement} element Dispatches `qa-turn`.
 * @param {object} texts In the page's language.
 * @param {object} server Its functions.
 */
export const judging = (element, texts, server) =>
  element.addEventListener("qa-turn", ({ detail }) => {
    detail.turn.querySelector(".qa-turn-foot").append(judgement(detail, texts, server, () =>
      element.dispatchEvent(new CustomEvent("qa-judged", { detail })),
    ));
  });

const judgement = ({ answer, asked }, texts, server, tell) => {
  const number = ++count;
  const helpful = make("button.qa-tool", { textContent: texts.feedback_helpful, onclick: () => like() });
  const not = make("button.qa-tool", {
    textContent: texts.feedback_not,
    "aria-expanded": "false",
    "aria-controls": `qa-form-${number}`,
    onclick: () => dislike(),
  });
  const said = make("span", { role: "status" });
  const failed = make("p.qa-notice", { role: "alert", hidden: true });
  const reasons = (answer.answered ? REASONS : REASONS_OF_NONE).map((reason) =>
    make(
      "label.qa-reason",
      {},
      make("input", {
        type: "radio",
        name: `qa-reason-${number}`,
        value: reason,
        onchange: () => (words.parentElement.hidden = reason === "abstain"),
      }),
      make("span", { textContent: texts[`feedback_${reason}`] }),
    ),
  );
  const words = make("textarea", {
    rows: 2,
    maxLength: 500,
    id: `qa-words-${number}`,
    "aria-describedby": `qa-words-hint-${number}`,
  });
  const note = make("textarea", { rows: 2, maxLength: 1000, id: `qa-note-${number}` });
  const form = make(
    "form.qa-feedback-form",
    { id: `qa-form-${number}`, hidden: true, "aria-label": texts.feedback_form },
    make("fieldset", {}, make("legend", { textContent: texts.feedback_reason }), ...reasons),
    make(
      "div",
      {},
      make("label", { htmlFor: words.id, textContent: texts.feedback_words }),
      make("p.qa-hint", { id: `qa-words-hint-${number}`, textContent: texts.feedback_words_hint }),
      words,
    ),
    make("div", {}, make("label", { htmlFor: note.id, textContent: texts.feedback_note }), note),
    failed,
    make(
      "div.qa-feedback-actions",
      {},
      make("button.qa-secondary", { type: "submit", textContent: texts.feedback_send }),
      make("button.qa-tool", { textContent: texts.feedback_cancel, onclick: () => close() }),
    ),
  );

  const draw = () => {
    const { judgement } = asked;
    helpful.setAttribute("aria-pressed", String(judgement?.liked === true));
    not.setAttribute("aria-pressed", String(judgement?.liked === false));
  };

  const open = (isOpen) => {
    form.hidden = !isOpen;
    not.setAttribute("aria-expanded", String(isOpen));
    fail("");
  };

  const close = () => {
    open(false);
    not.focus();
  };

  const fail = (text) => {
    failed.textContent = text;
    failed.hidden = !text;
  };

  let isBusy = false; // a second click must not be a second judgement
  const change = async (name, data, judged, text) => {
    if (isBusy) return false;
    isBusy = true;
    said.textContent = "";
    try {
      const { id } = await call(server, name, { ...data, id: asked.judgement?.id }, texts);
      asked.judgement = judged && { id, ...judged };
      said.textContent = text;
    } catch (error) {
      if (form.hidden) said.textContent = error.message;
      else fail(error.message);
      return false;
    } finally {
      isBusy = false;
    }
    draw();
    tell();
    return true;
  };

  const judge = (data) => {
    const { question, history, scope } = asked;
    const sent = { ...data, answer, asked: { question, history, scope } };
    return change("judge", sent, { liked: data.liked }, texts.feedback_kept);
  };

  const withdraw = () => change("withdraw", {}, undefined, texts.feedback_withdrawn);

  const like = () => {
    open(false);
    if (asked.judgement?.liked) withdraw();
    else judge({ liked: true });
  };

  const dislike = () => {
    if (!form.hidden) return close();
    if (asked.judgement?.liked === false) return withdraw();
    said.textContent = "";
    open(true);
    (form.querySelector(":checked") ?? form.querySelector("input")).focus();
  };

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const reason = form.querySelector(":checked")?.value;
    if (!reason) {
      fail(texts.feedback_no_reason);
      form.querySelector("input").focus();
      return;
    }
    const sent = { liked: false, reason, words: words.value, note: note.value };
    if (await judge(sent)) close();
  });
  form.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.isComposing) close();
  });
  draw();
  const line = make(
    "div.qa-judge",
    { role: "group", "aria-label": texts.feedback_label },
    helpful,
    not,
    said,
  );
  return make("div.qa-feedback", {}, line, form);
};

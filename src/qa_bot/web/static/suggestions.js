// Questions to ask next, below the last answer; asked for when the answer is shown already.

import { call, languageOf, make } from "./dom.js";

/**
 * Make their place.
 *
 * @param {object} texts In the page's language.
 * @param {{server: object, ask: (question: string) => void}} actions
 */
export const suggestions = (texts, { server, ask }) => {
  const element = make("nav.qa-next", { "aria-label": texts.suggestions, hidden: true });
  let asked = 0;

  const chip = (question) =>
    make("button.qa-secondary", {
      textContent: question,
      lang: languageOf(question),
      onclick: () => ask(question),
    });

  return {
    /** Offer, below a turn, questions that go on from its answer; *history* ends with its own. */
    offer: async (turn, answer, history) => {
      const offer = ++asked;
      element.hidden = true;
      element.replaceChildren();
      turn.append(element);
      if (!answer?.answered) return;
      const quotes = answer.quotes.map(({ article, speaker, section, start, end }) => ({
        article: article.id,
        speaker: speaker?.name,
        section,
        start,
        end,
      }));
      let questions;
      try {
        ({ questions } = await call(server, "suggest", { history, quotes }, texts));
      } catch {
        return; // nothing that a reader waits for
      }
      if (offer !== asked || !questions.length) return;
      element.append(
        make("h3", { textContent: texts.suggestions }),
        make("ul", {}, ...questions.map((question) => make("li", {}, chip(question)))),
      );
      element.hidden = false;
    },
  };
};

// The conversation: questions, and what the server answers (built and escaped in cards.py).

import { call, languageOf, make, parse, scrolling, textsOf } from "./dom.js";
import { composer } from "./composer.js";

export const mount = ({ element, props, server }) => {
  const texts = textsOf(props);
  const turns = make("div.qa-turns", { role: "log", "aria-live": "polite" });
  const welcome = make("section.qa-welcome");
  const kept = []; // the answers of this conversation, as data
  const box = composer(texts, { ask: (question) => ask(question) });
  const column = make("div.qa-column", {}, welcome, turns, box.element);
  element.replaceChildren(make("div.qa-chat", {}, column));

  const greet = async () => {
    const { samples } = await call(server, "welcome", {}, texts);
    welcome.replaceChildren(
      make("p", { textContent: texts.welcome }),
      make("h2", { textContent: texts.try_one }),
      make("ul.qa-samples", {}, ...samples.map((question) => make("li", {}, sample(question)))),
    );
  };

  const sample = (question) =>
    make("button.qa-sample", {
      textContent: question,
      lang: languageOf(question),
      onclick: () => ask(question),
    });

  const ask = async (question) => {
    const waiting = box.wait();
    const asked = { question, history: kept.map((answer) => answer.question) };
    try {
      const { html, answer } = await call(server, "ask", asked, texts);
      if (waiting.isStopped) return;
      show(html, answer, asked);
      box.done();
    } catch (error) {
      if (!waiting.isStopped) box.fail(error.message);
    }
  };

  // Each answer is appended once: what stands above keeps its open folds and is not read again.
  const show = (html, answer, asked) => {
    kept.push(answer);
    welcome.hidden = true;
    const turn = parse(html);
    turns.append(turn);
    // Other modules add what can be done with a turn: the source, a judgement of it.
    element.dispatchEvent(new CustomEvent("qa-turn", { detail: { turn, answer, asked } }));
    turn.scrollIntoView({ behavior: scrolling(), block: "start" });
  };

  greet().catch((error) => box.fail(error.message));
  addEventListener("qa-library-changed", () => greet().catch(() => {}));
  document.documentElement.classList.add("qa-ready");
};

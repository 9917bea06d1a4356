// The conversation: questions, and what the server answers (built and escaped in cards.py).

import { call, languageOf, make, parse, scrolling, textsOf } from "./dom.js";
import { composer } from "./composer.js";
import { judging } from "./feedback.js";
import * as kept from "./conversations.js";
import { scopePicker } from "./scope.js";
import { sourceView } from "./source.js";
import { actionsOf, spokenText } from "./turn.js";
import { suggestions } from "./suggestions.js";
import { toolbar } from "./toolbar.js";

export const mount = ({ element, props, server }) => {
  const texts = textsOf(props);
  const list = make("div.qa-turns", {
    role: "log",
    "aria-live": "off", // the status says what is new: the answer, without its buttons
    "aria-label": texts.conversation,
  });
  const status = make("p.qa-hidden", { role: "status" });
  const welcome = make("section.qa-welcome", { hidden: true });
  const next = suggestions(texts, { server, ask: (question) => ask(question) });
  const box = composer(texts, {
    ask: (question) => ask(question, { at: edited }),
    giveUp: () => {
      const button = turns[edited].node.querySelector(".qa-edit");
      leaveEdit();
      button.focus({ preventScroll: true });
    },
  });
  // Of the conversation that is shown: {answer, asked, node, shown}, the last being what of the
  // answer still stands in the files.
  let turns = [];
  let name; // that it is kept under
  let edited; // the turn whose question is in the box, if any
  let opening = Promise.resolve();

  const begin = ({ quietly = false } = {}) => {
    show(kept.newName(), []);
    if (!quietly) box.focus();
  };

  const tools = toolbar(texts, {
    server,
    answers: () => turns.map(({ answer }) => answer),
    shown: () => name,
    open: (other) => open(other),
    begin,
    say: (text) => (status.textContent = text),
    fail: (reason) => box.fail(reason),
    focus: () => box.focus(),
  });
  const within = scopePicker(texts, { server, box: box.element });
  if (props.is_judged) judging(element, texts, server);
  const parts = [tools.element, welcome, list, status, box.element, tools.dialog];
  const column = make("div.qa-column", {}, ...parts);
  element.replaceChildren(make("div.qa-chat", {}, column));

  const greet = async () => {
    const { samples } = await call(server, "welcome", {}, texts);
    const items = samples.map((question) => make("li", {}, sample(question)));
    const offer = [make("h2", { textContent: texts.try_one }), make("ul.qa-samples", {}, ...items)];
    welcome.replaceChildren(
      make("p", { textContent: texts.welcome }),
      ...(items.length ? offer : []),
    );
  };

  const sample = (question) =>
    make("button.qa-sample", {
      textContent: question,
      lang: languageOf(question),
      onclick: () => ask(question),
    });

  /**
   * Ask a question, after the turns before *at*; its answer takes the place of those from there.
   */
  const ask = async (question, { at, scope = within.value() } = {}) => {
    if (box.isWaiting()) return;
    const waiting = box.wait(question);
    await opening;
    if (waiting.isStopped) return;
    const before = turns.slice(0, at);
    const asked = { question, history: before.map(({ answer }) => answer.question) };
    if (Object.keys(scope).length) asked.scope = scope;
    try {
      const { html, answer } = await call(server, "ask", asked, texts);
      if (waiting.isStopped) return;
      const focused = document.activeElement;
      const isElsewhere = column.contains(focused) && !box.element.contains(focused);
      leaveEdit();
      turns.slice(before.length).forEach(({ node }) => node.remove());
      turns = before;
      const turn = add(html, answer, asked);
      kept.setShown(name);
      save();
      box.done();
      settle();
      status.textContent = spokenText(turn);
      turn.scrollIntoView({ behavior: scrolling(), block: "start" });
      // What was pressed is gone.
      if (isElsewhere) turn.querySelector(".qa-question").focus({ preventScroll: true });
    } catch (error) {
      if (!waiting.isStopped) box.fail(error.message, () => ask(question, { at, scope }));
      within.check();
    }
  };

  // Each answer is appended once: what stands above keeps its open folds and is not read again.
  const add = (html, answer, asked, shown = answer) => {
    const node = html === null ? unreadable(answer) : parse(html);
    const turn = { answer, asked, node, shown };
    node.querySelector(".qa-question").tabIndex = -1;
    const actions = actionsOf(answer.question, texts, {
      retry: () => ask(answer.question, { at: turns.indexOf(turn), scope: asked.scope ?? {} }),
      edit: () => edit(turn),
    });
    node.append(make("div.qa-turn-foot", {}, actions));
    turns.push(turn);
    list.append(node);
    // Other modules add what can be done with a turn: the source, a judgement of it.
    if (html !== null) {
      const detail = { turn: node, answer: shown, asked };
      element.dispatchEvent(new CustomEvent("qa-turn", { detail }));
    }
    return node;
  };

  const save = () =>
    kept.save(
      name,
      turns.map(({ answer, asked: { scope, judgement } }) => ({ answer, scope, judgement })),
    );

  const unreadable = ({ question }) =>
    make(
      "article.qa-turn",
      {},
      make("h2.qa-question", { textContent: question, lang: languageOf(question) }),
      make("p.qa-abstained", { textContent: texts.unreadable }),
    );

  // What depends on which turn is the last one.
  const settle = () => {
    welcome.hidden = turns.length > 0;
    tools.update();
    const last = turns.at(-1);
    if (last) next.offer(last.node, last.shown, turns.map(({ answer }) => answer.question));
  };

  const edit = (turn) => {
    if (box.isWaiting()) return;
    if (edited !== undefined) box.reset();
    leaveEdit();
    edited = turns.indexOf(turn);
    turns.slice(edited).forEach(({ node }) => node.classList.add("qa-replaced"));
    box.edit(turn.answer.question);
  };

  const leaveEdit = () => {
    turns.forEach(({ node }) => node.classList.remove("qa-replaced"));
    edited = undefined;
  };

  /** Show a conversation as it was kept; the server proves its quotes again. */
  const open = (other) => {
    opening = show(other, kept.turnsOf(other));
    return opening;
  };

  const show = async (other, stored) => {
    box.reset();
    name = other;
    kept.setShown(name);
    turns = [];
    edited = undefined;
    within.set({});
    list.replaceChildren();
    status.textContent = "";
    if (stored.length) {
      try {
        const answers = stored.map(({ answer }) => answer);
        const restored = (await call(server, "render", { answers }, texts)).turns;
        if (name !== other) return;
        stored.slice(-restored.length).forEach(({ answer, scope, judgement }, place) => {
          const history = turns.map((turn) => turn.answer.question);
          const { html = null, answer: shown = null } = restored[place] ?? {};
          add(html, answer, { question: answer.question, history, scope, judgement }, shown);
        });
        within.set(stored.at(-1).scope);
        turns.at(-1)?.node.scrollIntoView({ behavior: "auto", block: "start" });
      } catch (error) {
        name = kept.newName(); // what is asked now does not take the place of what was kept
        box.fail(error.message, () => open(other));
      }
    }
    settle();
  };

  sourceView({ element, server, texts });
  element.addEventListener("qa-judged", save);
  open(kept.shownName() ?? kept.newName());
  greet().catch((error) => box.fail(error.message));
  addEventListener("qa-library-changed", () => greet().catch(() => {}));
  document.documentElement.classList.add("qa-ready");
};

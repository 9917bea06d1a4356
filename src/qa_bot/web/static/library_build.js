// How far the index is: one build of the server, which every reader sees.

import { fill, make } from "./dom.js";

const PAUSE = 400; // milliseconds
const LONG_PAUSE = 3000; // while the server cannot be reached
// Where each stage begins, in percent of the whole.
const STAGES = {
  starting: [0, 3],
  reading: [3, 15],
  splitting: [15, 65],
  embedding: [65, 90],
  finishing: [90, 98],
  opening: [98, 100],
};

/**
 * Make the bar.
 *
 * @param {object} texts In the page's language.
 * @param {{progress: () => Promise<object>, changed: () => void}} actions Asks how far it is; is
 *   called when there is a new index.
 */
export const building = (texts, { progress, changed }) => {
  const bar = make("progress", { max: 100, "aria-label": texts.build_label });
  const stage = make("span", { role: "status" });
  const percent = make("span.qa-figures", { "aria-hidden": "true" });
  const running = make("div.qa-building", { hidden: true }, make("p", {}, stage, percent), bar);
  const outcome = make("div.qa-built", { role: "status" });
  let seen = null; // number of the last outcome that was told, or was there before
  let timer = null;

  const follow = (state) => {
    clearTimeout(timer);
    timer = null;
    seen ??= state.outcome.number;
    running.hidden = !state.build;
    if (state.build) {
      show(state.build);
      timer = setTimeout(look, PAUSE);
    } else if (state.outcome.number !== seen) {
      seen = state.outcome.number;
      tell(state.outcome);
      changed();
    }
  };

  const look = async () => {
    try {
      follow(await progress());
    } catch {
      timer = setTimeout(look, LONG_PAUSE);
    }
  };

  const show = ({ stage: name, done, total }) => {
    const now = name === "embedding" && total && done === total ? "finishing" : name;
    const [first, last] = STAGES[now] ?? STAGES.starting;
    bar.value = first + (total ? ((last - first) * done) / total : 0);
    percent.textContent = `${Math.round(bar.value)}%`;
    const text = texts[`build_${now}`] ?? texts.build_starting;
    if (stage.textContent !== text) stage.textContent = text; // read out once
    outcome.replaceChildren();
  };

  const tell = ({ error, added, changed, removed, problems, seconds }) => {
    const counts = { added, changed, removed, seconds: seconds.toFixed(1) };
    const isSame = !added && !changed && !removed;
    const text = error
      ? fill(texts.build_failed, { reason: error })
      : isSame
        ? texts.build_same
        : fill(texts.build_done, counts);
    const line = make(error ? "p.qa-notice" : "p", { textContent: text });
    const skipped = problems.map((problem) => make("li", { textContent: problem }));
    const count = skipped.length;
    outcome.replaceChildren(
      line,
      ...(count
        ? [make("p", { textContent: fill(texts.build_problems, { count }) }), make("ul", {}, ...skipped)]
        : []),
    );
  };

  return { element: make("div.qa-build", {}, running, outcome), follow };
};

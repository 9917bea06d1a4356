// The conversations kept in this browser, and which of them this tab shows.
//
// Each is a value of its own, so that two tabs do not overwrite each other's. The oldest go first
// when there are too many, or when they take too much room. A browser that keeps nothing is fine.

const PREFIX = "qa-conversation-";
const SHOWN = "qa-conversation"; // of this tab
const MOST = 50;
const SIZE = 3_000_000; // characters, of all
const BEGIN = /^\{"when":(\d{1,15}),/; // read without parsing the rest

const attempt = (action, otherwise) => {
  try {
    return action();
  } catch {
    return otherwise;
  }
};

const kept = () =>
  attempt(
    () =>
      Object.keys(localStorage)
        .filter((key) => key.startsWith(PREFIX))
        .map((key) => {
          const text = localStorage.getItem(key);
          return { key, text, when: Number(BEGIN.exec(text)?.[1] ?? 0) };
        })
        .sort((one, other) => other.when - one.when),
    [],
  );

/** Return the turns of a text that was kept, whoever changed it: only what can be a turn. */
const read = (text) => {
  const turns = attempt(() => JSON.parse(text).turns, []);
  if (!Array.isArray(turns)) return [];
  return turns.filter((turn) => typeof turn?.answer?.question === "string");
};

/** Return a name for a new conversation. */
export const newName = () => `${Date.now().toString(36)}${Math.random().toString(36).slice(2, 10)}`;

/** Return the name of the conversation that this tab shows, or null. */
export const shownName = () => attempt(() => sessionStorage.getItem(SHOWN), null);

/** Note which conversation this tab shows. */
export const setShown = (name) => attempt(() => sessionStorage.setItem(SHOWN, name));

/** Return the turns of a conversation: `{answer, scope}`, oldest first. */
export const turnsOf = (name) => read(attempt(() => localStorage.getItem(PREFIX + name), null));

/** Return all conversations, newest first: `{name, title, when, count}`. */
export const conversations = () =>
  kept()
    .map(({ key, text, when }) => ({ name: key.slice(PREFIX.length), when, turns: read(text) }))
    .filter(({ turns }) => turns.length)
    .map(({ name, when, turns }) => ({
      name,
      when,
      title: turns[0].answer.question,
      count: turns.length,
    }));

/** Whether any is kept. */
export const hasAny = () => kept().length > 0;

/** Forget a conversation. */
export const remove = (name) => attempt(() => localStorage.removeItem(PREFIX + name));

/** Forget all. */
export const removeAll = () => kept().forEach(({ key }) => localStorage.removeItem(key));

/** Keep a conversation; one without turns is forgotten. */
export const save = (name, turns) => {
  if (!turns.length) return remove(name);
  const others = kept().filter(({ key }) => key !== PREFIX + name);
  let left = turns;
  const write = () => {
    const text = JSON.stringify({ when: Date.now(), turns: left });
    const taken = others.reduce((sum, other) => sum + other.text.length, text.length);
    if (taken > SIZE || others.length >= MOST) return false;
    return attempt(() => (localStorage.setItem(PREFIX + name, text), true), false);
  };
  // What is oldest goes: other conversations, then this one's own first turns.
  while (!write()) {
    const oldest = others.pop();
    if (oldest) attempt(() => localStorage.removeItem(oldest.key));
    else if (left.length > 1) left = left.slice(Math.ceil(left.length / 4));
    else return;
  }
};

// Elements made from plain text: whatever an article or a reader wrote stays text.

/**
 * Return a new element.
 *
 * @param {string} kind Its name and classes: "button.qa-quiet".
 * @param {object} properties Of the element: `onclick`, `title`; names with "-" are attributes.
 * @param {...(Node|string|null)} children Nodes; strings become text.
 */
export const make = (kind, properties = {}, ...children) => {
  const [name, ...classes] = kind.split(".");
  const node = document.createElement(name);
  node.classList.add(...classes);
  if (name === "button") node.type = "button";
  for (const [key, value] of Object.entries(properties)) {
    if (key.includes("-")) node.setAttribute(key, value);
    else node[key] = value;
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
};

/** Return the first element of HTML that the server built and escaped. */
export const parse = (html) => {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content.firstElementChild;
};

/** Return a text with `{name}` filled in. */
export const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);

/** Return the texts in the page's language. */
export const textsOf = (props) => props.texts[document.documentElement.lang];

/** Return the language that a screen reader should read a text in. */
export const languageOf = (text) => (/[\u3400-\u9fff]/.test(text) ? "zh-CN" : "en");

/** How to scroll for a reader who may not like motion. */
export const scrolling = () =>
  matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth";

/** Call a function of the server; what it refuses is thrown, in words for the reader. */
export const call = async (server, name, data, texts) => {
  // Gradio gives nothing if the server did not answer, or refused to.
  const result = await server[name](data).catch(() => null);
  if (!result) throw new Error(texts.unreachable);
  if (result.error) throw new Error(result.error);
  return result;
};

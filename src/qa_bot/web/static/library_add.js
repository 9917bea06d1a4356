// Files that are sent to the server, one after another, and looked through before they are added.

import { fill, make } from "./dom.js";
import { review } from "./library_review.js";

/**
 * Make the panel and the button that opens it.
 *
 * @param {object} texts In the page's language.
 * @param {{ask: Function, follow: Function}} actions Calls the server; shows how far a build is.
 */
export const adding = (texts, { ask, follow }) => {
  let most = 0; // bytes that a file may have
  let isAllowed = false;
  const waiting = [];
  let isSending = false;

  const input = make("input", {
    type: "file",
    multiple: true,
    hidden: true,
    onchange: () => {
      take(input.files);
      input.value = ""; // the same file can be chosen again
    },
  });
  const choose = make("button.qa-secondary", {
    textContent: texts.choose_files,
    onclick: () => input.click(),
  });
  const drop = make("div.qa-drop", {}, make("p", { textContent: texts.drop_here }), choose, input);
  const files = make("ol.qa-files", { role: "list" });
  const panel = make("section.qa-adding", { id: "qa-adding", hidden: true }, drop, files);
  const button = make("button.qa-primary", {
    textContent: texts.add_articles,
    "aria-expanded": "false",
    "aria-controls": "qa-adding",
    onclick: () => {
      turn(panel.hidden);
      if (!panel.hidden) choose.focus();
    },
  });
  const turn = (isOpen) => {
    panel.hidden = !isOpen;
    button.setAttribute("aria-expanded", String(isOpen));
    button.textContent = isOpen ? texts.close : texts.add_articles;
    button.classList.toggle("qa-primary", !isOpen);
    button.classList.toggle("qa-secondary", isOpen);
  };
  panel.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || files.hasChildNodes()) return;
    turn(false);
    button.focus();
  });

  // A file may be dropped anywhere on the view.
  const view = document.getElementById("qa-library");
  view.addEventListener("dragover", (event) => {
    if (!isAllowed || !event.dataTransfer.types.includes("Files")) return;
    event.preventDefault();
    turn(true);
    drop.classList.add("qa-over");
  });
  view.addEventListener("dragleave", () => drop.classList.remove("qa-over"));
  view.addEventListener("drop", (event) => {
    drop.classList.remove("qa-over");
    if (!isAllowed || !event.dataTransfer.files.length) return;
    event.preventDefault();
    take(event.dataTransfer.files);
  });

  const take = (chosen) => {
    turn(true);
    for (const file of chosen) {
      const row = make("li.qa-file", {}, make("p", { textContent: fill(texts.waiting, file) }));
      files.append(row);
      waiting.push({ file, row });
    }
    if (!isSending) sendAll();
  };

  const sendAll = async () => {
    isSending = true;
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const { file, row } = next;
      try {
        if (file.size > most) {
          throw new Error(fill(texts.too_large, { most: Math.floor(most / 1e6) }));
        }
        const found = await send(file, row);
        if (found) showFound(found, row);
        else leave(row);
      } catch (error) {
        showError(file.name, error.message, row);
      }
    }
    isSending = false;
  };

  /** Send a file; returns what was found in it, or null if the reader cancelled. */
  const send = (file, row) =>
    new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      const name = new URLSearchParams({ name: file.name });
      const line = make("p", { role: "status" });
      const bar = make("progress", { max: 100, "aria-label": file.name });
      const cancel = make("button.qa-tool", {
        textContent: texts.cancel,
        onclick: () => request.abort(),
      });
      row.replaceChildren(make("div.qa-sending", {}, line, cancel), bar);
      const sent = (percent) => {
        bar.value = percent;
        line.textContent = fill(texts.uploading, { name: file.name, percent });
      };
      sent(0);
      request.upload.onprogress = ({ loaded, total }) => sent(Math.floor((100 * loaded) / total));
      request.upload.onload = () => {
        bar.removeAttribute("value"); // how far the reading is, is not known
        line.textContent = fill(texts.reading, { name: file.name });
      };
      request.onload = () => {
        const { error, ...found } = request.response ?? { error: texts.connection_lost };
        if (error) reject(new Error(error));
        else resolve(found);
      };
      request.onerror = () => reject(new Error(texts.connection_lost));
      request.onabort = () => resolve(null);
      request.open("POST", new URL(`library/import?${name}`, document.baseURI));
      request.setRequestHeader("Content-Type", "application/octet-stream");
      request.responseType = "json";
      request.send(file);
    });

  const leave = (row) => {
    row.remove();
    choose.focus();
  };

  const showError = (name, reason, row) => {
    const close = make("button.qa-tool", { textContent: texts.close, onclick: () => leave(row) });
    row.replaceChildren(
      make("div.qa-sending", {}, make("p", {}, make("strong", { textContent: name })), close),
      make("p.qa-notice", { role: "alert", textContent: reason }),
    );
  };

  const showFound = ({ key, ...found }, row) => {
    if (!found.articles.length) {
      ask("forget", { key }).catch(() => {}); // the server forgets it by itself, later
      showError(found.name, texts.none_found, row);
      return;
    }
    const discard = () => {
      leave(row);
      ask("forget", { key }).catch(() => {});
    };
    const add = async (articles) => {
      const { written, ...progress } = await ask("add", { key, articles });
      showWritten(found.name, written, row);
      follow(progress);
    };
    row.replaceChildren(review(texts, found, { add, discard }));
  };

  const showWritten = (name, written, row) => {
    const close = make("button.qa-tool", { textContent: texts.close, onclick: () => leave(row) });
    const lines = written.map(({ title, status, what, namesake }) =>
      make(
        `li.qa-${status}`,
        {},
        make("strong", { textContent: title }),
        ` ${what}`,
        namesake && make("p", { textContent: namesake }),
      ),
    );
    row.replaceChildren(
      make("div.qa-sending", {}, make("p", { textContent: name }), close),
      make("ul.qa-written", { role: "status" }, ...lines),
    );
    close.focus();
  };

  return {
    element: panel,
    button,
    /** Let files be added, of so many bytes at most. */
    allow: (bytes) => {
      isAllowed = true;
      most = bytes;
    },
  };
};

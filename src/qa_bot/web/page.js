// The conversation: runs when its gr.HTML component is on the page.
// Given by Gradio: element, trigger(event, data), props, watch(names, callback).
// Text of samples arrives as text and stays text; only props.value.html and props.welcome are HTML,
// built and escaped in cards.py and page.py.

const page = document.documentElement;
const welcome = element.querySelector(".qa-welcome");
const turns = element.querySelector(".qa-turns");

welcome.innerHTML = props.welcome;
const samples = welcome.querySelector(".qa-samples");
for (const question of props.samples) {
  const chip = document.createElement("button");
  chip.type = "button";
  chip.className = "qa-sample";
  chip.textContent = question;
  chip.lang = /[\u3400-\u9fff]/.test(question) ? "zh-CN" : "en";
  chip.addEventListener("click", () => trigger("sample", { question }));
  const item = document.createElement("li");
  item.append(chip);
  samples.append(item);
}

// Each answer is appended once: what stands above keeps its open folds and is not read out again.
watch("value", () => {
  if (!props.value.html) {
    turns.replaceChildren();
    welcome.hidden = false;
    return;
  }
  welcome.hidden = true;
  const template = document.createElement("template");
  template.innerHTML = props.value.html;
  const turn = template.content.firstElementChild;
  turns.append(turn);
  const isCalm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  turn.scrollIntoView({ behavior: isCalm ? "auto" : "smooth", block: "start" });
});

// Enter that ends the composition of a word (Chinese input methods) must not send the question.
// Gradio sends on keypress; Safari reports that Enter after the composition, with key code 229.
let composed = 0;
document.addEventListener("compositionend", () => (composed = performance.now()), true);
for (const kind of ["keydown", "keypress"]) {
  document.addEventListener(
    kind,
    (event) => {
      const isComposing =
        event.isComposing || event.keyCode === 229 || performance.now() - composed < 20;
      if (event.key === "Enter" && isComposing && event.target.closest?.("#qa-question")) {
        event.stopImmediatePropagation();
      }
    },
    true,
  );
}

page.classList.add("qa-ready");

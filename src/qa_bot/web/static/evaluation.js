// The outcome of an evaluation. props.value.html is built and escaped in evaluation_cards.py.

export const mount = ({ element, trigger, props, watch }) => {
  const outcome = element.querySelector(".qa-outcome");
  // Gradio writes the list's label, but does not name the list by it.
  const list = document.getElementById("qa-sets");
  list?.setAttribute("aria-label", list.querySelector("[data-testid=block-info]").textContent);

  watch("value", () => {
    const { row, html } = props.value;
    if (row !== undefined) {
      document.getElementById(`qa-opened-${row}`).innerHTML = html;
      return;
    }
    outcome.innerHTML = html;
  });

  outcome.addEventListener("click", (event) => {
    const button = event.target.closest(".qa-failed");
    if (!button) return;
    const row = Number(button.dataset.row);
    const panel = document.getElementById(`qa-opened-${row}`);
    panel.hidden = !panel.hidden;
    button.setAttribute("aria-expanded", String(!panel.hidden));
    if (!panel.hidden && !panel.hasChildNodes()) trigger("open", { row });
  });
};

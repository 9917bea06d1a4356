// The choice between the views: runs when the masthead's gr.HTML component is on the page.
// Given by Gradio: element, trigger(event, data). The view is in the address (see page.py).

const places = {}; // how far each view is scrolled
let view;

const turn = () => {
  places[view] = window.scrollY;
  view = document.documentElement.dataset.view;
  for (const link of element.querySelectorAll(".qa-views a")) {
    if (link.hash === `#${view}`) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  window.scrollTo(0, places[view] ?? 0);
  if (view === "evaluation") trigger("evaluate");
};

window.addEventListener("hashchange", turn);
turn();

// The language of the browser; the rest of the page works without a script.
const chosen = /^zh\b/i.test(navigator.language) ? "zh" : "en";
document.getElementById(`language-${chosen}`).checked = true;
const name = () => {
  const isChinese = document.getElementById("language-zh").checked;
  document.documentElement.lang = isChinese ? "zh-CN" : "en";
};
name();
document.addEventListener("change", name);

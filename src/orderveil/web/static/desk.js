// The desk's behaviour: what was revealed goes away, copies say who looked, drawers fold.
"use strict";
(() => {
  const PHONE = matchMedia("(max-width: 60rem)");

  // A revealed value lives in one element, for its seconds, and nowhere else.
  const hide = (box) => {
    const masked = box.dataset.masked || "";
    box.replaceChildren(document.createTextNode(masked));
    box.classList.remove("revealed");
    box.removeAttribute("data-seconds");
    box.dispatchEvent(new CustomEvent("desk:masked", { bubbles: true }));
  };
  const watch = (box) => {
    if (box.dataset.watched) return;
    box.dataset.watched = "1";
    const end = Date.now() + 1000 * Number(box.dataset.seconds);
    const left = box.querySelector("[data-left]");
    const tick = () => {
      if (!box.isConnected || !box.dataset.seconds) return;
      const seconds = Math.ceil((end - Date.now()) / 1000);
      if (seconds <= 0) { hide(box); return; }
      if (left) left.textContent = String(seconds);
      setTimeout(tick, 250);
    };
    tick();
  };
  const hideAll = () => document.querySelectorAll("[data-seconds]").forEach(hide);

  document.addEventListener("htmx:afterSwap", () => document.querySelectorAll("[data-seconds]").forEach(watch));
  // The browser keeps a page it leaves; what was revealed must not be in it.
  addEventListener("pagehide", hideAll);
  document.addEventListener("visibilitychange", () => { if (document.hidden) hideAll(); });

  document.addEventListener("copy", (event) => {
    const node = getSelection().anchorNode;
    const from = node && (node.nodeType === 1 ? node : node.parentElement);
    const box = from && from.closest("[data-seconds]");
    if (!box || !event.clipboardData) return;
    event.clipboardData.setData("text/plain", getSelection().toString() + " [" + box.dataset.who + "]");
    event.preventDefault();
  });

  const fold = () => document.querySelectorAll("details[data-nav]").forEach((one) => { one.open = !PHONE.matches; });
  fold();
  PHONE.addEventListener("change", fold);

  // "/" goes to the search box, as in other tools of the trade.
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input, textarea, select, [contenteditable]")) return;
    const box = document.getElementById("find");
    if (box) { box.focus(); event.preventDefault(); }
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    const from = document.getElementById(button.dataset.copy);
    if (from) navigator.clipboard.writeText(from.textContent.trim()).then(() => { button.textContent = button.dataset.done; });
  });
})();

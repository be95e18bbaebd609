// The desk's behaviour: what was revealed goes away, copies say who looked, drawers fold.
"use strict";
(() => {
  const PHONE = matchMedia("(max-width: 60rem)");

  // A revealed value lives in one element, for its seconds, and nowhere else.
  const hide = (box) => {
    const masked = box.dataset.masked || "";
    box.replaceChildren(document.createTextNode(masked));
    box.classList.remove("revealed");
    ["data-seconds", "data-masked", "data-who"].forEach((name) => box.removeAttribute(name));
    box.dispatchEvent(new CustomEvent("desk:masked", { bubbles: true }));
  };
  const watch = (box) => {
    if (box.dataset.watched) return;
    if (document.hidden) { hide(box); return; }
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
  const boxes = () => [...document.querySelectorAll("[data-seconds]")];
  const hideAll = () => boxes().forEach(hide);
  const watchAll = () => boxes().forEach(watch);

  document.addEventListener("htmx:afterSwap", watchAll);
  watchAll();
  // The browser keeps a page it leaves; what was revealed must not be in it, nor on a screen that
  // nobody looks at, nor in what htmx puts aside for the way back.
  addEventListener("pagehide", hideAll);
  addEventListener("beforeprint", hideAll);
  document.addEventListener("htmx:beforeHistorySave", hideAll);
  document.addEventListener("visibilitychange", () => { if (document.hidden) hideAll(); });

  // Whatever is copied or dragged out of the page with a revealed value in it says who looked.
  const who = () => {
    const chosen = getSelection();
    return boxes().filter((box) => chosen.rangeCount && chosen.containsNode(box, true)).map((box) => box.dataset.who);
  };
  const carry = (transfer) => {
    const seen = who();
    if (!seen.length || !transfer) return false;
    transfer.clearData();
    transfer.setData("text/plain", getSelection().toString().trim() + " [" + seen.join("; ") + "]");
    return true;
  };
  document.addEventListener("copy", (event) => { if (carry(event.clipboardData)) event.preventDefault(); });
  document.addEventListener("dragstart", (event) => carry(event.dataTransfer));

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

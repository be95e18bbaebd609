// The packing station: whatever the scanner types lands in one field, and is sent in its order.
"use strict";
(() => {
  const form = document.getElementById("scan");
  const code = document.getElementById("code");
  if (!form || !code) return;
  const queue = [];
  let busy = false;

  // The answer's parts take the place of those with the same id; what it leaves out stays.
  const draw = (text) => {
    const parts = document.createElement("template");
    parts.innerHTML = text;
    for (const part of parts.content.querySelectorAll("#said, #buyer, #work")) {
      const here = document.getElementById(part.id);
      if (!here) continue;
      here.className = part.className;
      here.replaceChildren(...part.childNodes);
    }
  };
  const lost = () => {
    const said = document.getElementById("said");
    said.className = "said bad";
    said.textContent = form.dataset.lost;
  };
  const send = async () => {
    if (busy) return;
    busy = true;
    while (queue.length) {
      const [action, body] = queue.shift();
      try {
        const answer = await fetch(action, { method: "POST", body, headers: { "X-Scan": "1" }, redirect: "manual" });
        if (answer.type === "opaqueredirect" || !answer.ok) { location.assign(form.action); return; }
        draw(await answer.text());
      } catch {
        queue.length = 0;
        lost();
      }
    }
    busy = false;
    rest();
  };
  const rest = () => {
    const now = document.activeElement;
    if (!now || now === document.body || !now.isConnected) code.focus();
  };

  document.addEventListener("submit", (event) => {
    const sent = event.target;
    if (sent !== form && !sent.hasAttribute("data-scan")) return;
    event.preventDefault();
    queue.push([sent.action, new URLSearchParams(new FormData(sent))]);
    if (sent === form) code.value = "";
    code.focus();
    send();
  });

  // A scanner does not look where the focus is: letters typed beside any field go to the code.
  document.addEventListener("keydown", (event) => {
    if (event.key.length !== 1 || event.ctrlKey || event.metaKey || event.altKey) return;
    const at = event.target.closest("input, select, textarea, button, a, summary");
    if (at && (event.key === " " || at.matches("input, select, textarea"))) return;
    event.stopImmediatePropagation();
    code.focus();
  }, true);
  document.addEventListener("focusout", () => setTimeout(rest, 0));
  addEventListener("focus", rest);
  rest();
})();

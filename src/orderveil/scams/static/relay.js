"use strict";
// The relay's page works without this file; it adds two things:
// - a dot shows what its hop got, and the hop's column stands out in the tables below;
// - the ledger fills while you watch.
// Values reach the page through textContent only.
(() => {
  const SECOND_MS = 1000;
  const LONGEST_WAIT_MS = 30000;
  const dots = [...document.querySelectorAll("[data-dot]")];
  const gots = [...document.querySelectorAll("[data-got]")];
  const cells = [...document.querySelectorAll("[data-hop]")];

  function show(hop) {
    for (const dot of dots) dot.setAttribute("aria-pressed", String(dot.dataset.dot === hop));
    for (const got of gots) got.hidden = got.dataset.got !== hop;
    for (const cell of cells) cell.classList.toggle("on", cell.dataset.hop === hop);
  }

  function step(event) {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!by) return;
    event.preventDefault();
    const next = dots.indexOf(event.currentTarget) + by;
    dots[(next + dots.length) % dots.length].focus();
  }

  for (const dot of dots) {
    const chosen = () => show(dot.dataset.dot);
    for (const name of ["mouseenter", "focus", "click"]) dot.addEventListener(name, chosen);
    dot.addEventListener("keydown", step);
  }
  document.querySelector(".gots")?.classList.add("one");
  const named = location.hash.replace("#got-", "");
  if (dots.length) show(dots.some((dot) => dot.dataset.dot === named) ? named : "courier");

  const ledger = document.getElementById("ledger");
  const line = document.getElementById("ledger-line");
  const verdict = document.getElementById("verdict");
  if (!ledger || !ledger.dataset.url) return;
  let after = Number(ledger.dataset.after);
  let waitMs = SECOND_MS;

  function add(entry) {
    if (entry.index <= after) return;
    after = entry.index;
    const item = line.content.firstElementChild.cloneNode(true);
    for (const part of item.querySelectorAll("[data-part]")) {
      part.textContent = entry[part.dataset.part] ?? "";
    }
    const time = item.querySelector("time");
    time.dateTime = entry.at;
    time.textContent = new Date(entry.at).toISOString().slice(11, 19);
    ledger.prepend(item);
  }

  function judge(news) {
    verdict.classList.toggle("ok", news.verified);
    verdict.classList.toggle("bad", !news.verified);
    verdict.children[0].textContent = news.verified ? "✓" : "✗";
    verdict.children[1].textContent = news.verified ? "verified" : "not verified";
    verdict.querySelector("[data-say]").textContent = news.sentence;
  }

  async function poll() {
    try {
      if (!document.hidden) {
        const answer = await fetch(`${ledger.dataset.url}?after=${after}`, { cache: "no-store" });
        if (!answer.ok) throw new Error(String(answer.status));
        const news = await answer.json();
        news.entries.forEach(add);
        judge(news);
      }
      waitMs = SECOND_MS;
      ledger.classList.remove("stale");
    } catch {
      waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS);
      ledger.classList.add("stale");
    }
    setTimeout(poll, waitMs);
  }
  setTimeout(poll, waitMs);
})();

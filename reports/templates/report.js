"use strict";
// Everything here is a convenience: without it the page says the same. Nothing is done for single pairs
// until somebody filters, or opens one, so that a page of thousands opens as fast as without.
(() => {
  const all = (selector, from = document) => [...from.querySelectorAll(selector)];
  const form = document.querySelector(".filter");
  const find = document.getElementById("find");
  const byStatus = document.getElementById("by-status");
  const byBranch = document.getElementById("by-branch");
  const told = document.getElementById("told");
  const DRIFT = new Set(["reverted", "dropped", "missing", "partial", "unknown"]);
  const WORST = ["reverted", "dropped", "missing", "partial", "unknown", "waived", "withdrawn", "not-applicable", "present", "incomplete", "drift", "in-sync"];

  // Filter and search

  // Without the tags that bound a hotfix: whoever looks for one of those wants that one.
  const words = article =>
    article.textContent.replace(article.querySelector(".bounds").textContent, "").toLowerCase();

  let units = null;
  const read = () => units ??= (() => {
    const rows = all("tr.h");
    const hotfixes = all("article.hotfix").map((article, n) => ({
      article, row: rows[n], repository: article.dataset.repository, text: words(article),
      pairs: all("details.pair", article).map(node => ({
        node, status: node.dataset.s, branch: node.dataset.b, overdue: node.classList.contains("overdue"),
      })),
    }));
    const lines = all("tr.one").map(row => ({ row, text: row.textContent.toLowerCase(), anchor: row.dataset.repository }));
    return { hotfixes, lines, sections: all("section.repository"), total: hotfixes.reduce((n, h) => n + h.pairs.length, 0) };
  })();

  const wanted = pair => {
    const status = byStatus.value, branch = byBranch?.value;
    return (!branch || pair.branch === branch) && (!status
      || (status === "overdue" ? pair.overdue : status === "drift" ? DRIFT.has(pair.status) : status === `=${pair.status}`));
  };

  const show = (node, yes) => { if (node && node.hidden === yes) node.hidden = !yes; };

  const filter = () => {
    const { hotfixes, lines, sections, total } = read();
    const sought = find.value.toLowerCase().split(/\s+/).filter(Boolean);
    const active = sought.length || byStatus.value || byBranch?.value;
    const seen = new Set();
    let number = 0;
    for (const hotfix of hotfixes) {
      const found = sought.every(word => hotfix.text.includes(word) || hotfix.repository.toLowerCase().includes(word));
      const yes = found ? hotfix.pairs.map(wanted) : [];
      const any = yes.includes(true);
      if (any) hotfix.pairs.forEach((pair, n) => { show(pair.node, yes[n]); number += yes[n]; });
      show(hotfix.article, any);
      show(hotfix.row, any);
      if (any) seen.add(hotfix.repository);
    }
    const named = line => sought.every(word => line.text.includes(word));
    for (const line of lines) show(line.row, !active || seen.has(line.anchor) || (!hotfixes.length && named(line)));
    for (const section of sections) show(section, !active || seen.has(section.getAttribute("aria-labelledby")));
    told.textContent = !active ? "" : hotfixes.length
      ? `${number.toLocaleString("en")} of ${total.toLocaleString("en")} pairs`
      : `${lines.filter(line => !line.row.hidden).length} of ${lines.length} repositories`;
  };

  let waiting = 0;
  const soon = () => { clearTimeout(waiting); waiting = setTimeout(filter, 80); };
  form.hidden = false;
  form.addEventListener("submit", event => { event.preventDefault(); filter(); });
  form.addEventListener("reset", () => setTimeout(filter));
  form.addEventListener("input", event => event.target === find ? soon() : filter());

  // A link to a pair that a filter hides ends the filter.

  const reveal = () => {
    const target = document.getElementById(location.hash.slice(1));
    if (!target) return;
    if (target.closest("[hidden]")) { form.reset(); filter(); }
    const pair = target.closest("details");
    if (pair) pair.open = true;
    target.scrollIntoView();
  };
  addEventListener("hashchange", reveal);
  if (location.hash) reveal();

  // Sort

  const value = (row, n) => {
    const text = row.cells[n].textContent.trim();
    const rank = WORST.indexOf(text.split(/\s/)[0]);
    return rank < 0 ? text : String(rank + 100);
  };
  const order = new Intl.Collator("en", { numeric: true });
  const sort = (table, head) => {
    const n = head.cellIndex, up = head.getAttribute("aria-sort") !== "ascending";
    const keyed = [...table.tBodies[0].rows].map(row => [value(row, n), row]);
    keyed.sort((one, other) => order.compare(one[0], other[0]) * (up ? 1 : -1));
    for (const cell of table.tHead.rows[0].cells) cell.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", up ? "ascending" : "descending");
    table.tBodies[0].append(...keyed.map(([, row]) => row));
  };
  for (const head of all("table.sortable thead th")) {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => { read(); sort(head.closest("table"), head); });
  }

  // Copy: a button a command, once its pair is open

  const write = async text => {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      const area = document.createElement("textarea");
      area.value = text;
      document.body.append(area);
      area.select();
      document.execCommand("copy");
      area.remove();
    }
  };
  document.addEventListener("toggle", event => {
    for (const check of event.target.open ? all(".check:not(:has(.copy))", event.target) : []) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "copy";
      button.textContent = "Copy";
      button.addEventListener("click", async () => {
        await write(check.querySelector("code").textContent);
        button.textContent = "Copied";
        setTimeout(() => { button.textContent = "Copy"; }, 1500);
      });
      check.append(button);
    }
  }, true);
})();

// Classify: the probability of each label, and what each token adds to one of them.

import { ask, bars, commandLine, el, field, form, mainButton, textBox } from "./parts.js";

const SHOWN = 12;

export function classifyPanel(run) {
  const text = textBox({ placeholder: "A text", required: true, rows: 4 });
  const command = commandLine(run.command);
  const probabilities = el("div");
  const explained = el("h3");
  const output = el("div", { class: "text", dir: "auto" });
  const legend = el("p", { class: "legend" });
  let label = "";

  async function work() {
    const found = await ask(run, "classify", { text: text.value, label });
    const ranked = Object.entries(found.probabilities).sort((one, other) => other[1] - one[1]);
    probabilities.replaceChildren(bars(ranked.slice(0, SHOWN), { pick: explain, chosen: found.explained }));
    explained.textContent = `What speaks for “${found.explained}”`;
    output.replaceChildren(...found.parts.map(part));
    legend.replaceChildren("against", scale(), `for. Score ${signed(found.score)}, of which no token has ${signed(found.bias)}; ${found.method}. Choose a label above to explain it.`);
    command.show(found.command);
  }

  function explain(name) {
    label = name;
    asking.requestSubmit();
  }

  function part({ text: own, share, step }) {
    if (share === null) return own;
    return el("span", { class: style(step), title: signed(share) }, own);
  }

  text.addEventListener("input", () => { label = ""; });
  const asking = form(work, field("Text", text), el("div", { class: "fields" }, mainButton("Classify")));
  return [el("section", { class: "card" }, asking),
    el("section", { class: "card" }, probabilities, explained, output, legend, command.node)];
}

function style(step) {
  return step ? `share ${step > 0 ? "f" : "a"} s${Math.abs(step)}` : "share";
}

function scale() {
  const steps = [-4, -3, -2, -1, 1, 2, 3, 4];
  return el("span", { class: "scale" }, ...steps.map((step) => el("span", { class: style(step) })));
}

function signed(number) {
  return (number >= 0 ? "+" : "−") + Math.abs(number).toFixed(3);
}

// Vectors: the neighbours of words, and analogies.

import { ask, bars, commandLine, el, field, form, mainButton, numberField } from "./parts.js";

export function vectorsPanel(run, limits) {
  const word = el("input", { required: true, value: run.facts.first[0] || "", spellcheck: "false" });
  return [el("div", { class: "two" }, neighbours(run, limits, word), analogy(run, limits, (name) => {
    word.value = name;
    word.form.requestSubmit();
  }))];
}

function neighbours(run, limits, word) {
  const top = numberField("How many", { value: 10, min: 1, max: limits.top });
  const command = commandLine(run.command);
  const output = el("div", { class: "answer" });

  async function work() {
    const words = word.value.trim().split(/\s+/);
    const answer = await ask(run, "neighbors", { words, top: top.value() });
    output.replaceChildren(...answer.found.flatMap((one) => [
      el("h3", {}, `Nearest to “${one.word}”, by cosine`), bars(one.neighbors, { shown: figure, pick: follow })]));
    command.show(answer.command);
  }

  function follow(name) {
    word.value = name;
    asking.requestSubmit();
  }

  const asking = form(work, el("h3", {}, "Neighbours"),
    el("div", { class: "fields" }, field("Words", word, true), top.node, mainButton("Find")));
  return el("section", { class: "card" }, asking, output, command.node);
}

function analogy(run, limits, pick) {
  const words = ["A", "B", "C"].map((name) => ({ name, control: el("input", { required: true, spellcheck: "false", size: 6 }) }));
  const method = el("select", {}, el("option", { value: "add" }, "add (cosine)"), el("option", { value: "mul" }, "mul"));
  const top = numberField("How many", { value: 10, min: 1, max: limits.top });
  const command = commandLine("");
  const output = el("div", { class: "answer" });
  command.node.hidden = true;

  async function work() {
    const [a, b, c] = words.map(({ control }) => control.value.trim());
    const found = await ask(run, "analogy", { a, b, c, method: method.value, top: top.value() });
    output.replaceChildren(el("h3", {}, `“${a}” is to “${b}” as “${c}” is to …`),
      bars(found.answers, { shown: figure, pick }));
    command.show(found.command);
    command.node.hidden = false;
  }

  const asking = form(work, el("h3", {}, "Analogy: A is to B as C is to ?"),
    el("div", { class: "fields" }, ...words.map(({ name, control }) => field(name, control, true))),
    el("div", { class: "fields" }, field("Method", method), top.node, mainButton("Ask")));
  return el("section", { class: "card" }, asking, output, command.node);
}

function figure(number) {
  return number.toFixed(4);
}

// Translate: the likeliest translations of each line.

import { ask, commandLine, el, field, form, mainButton, numberField, textBox } from "./parts.js";

export function translatePanel(run, limits) {
  const text = textBox({ placeholder: "A line, or several", required: true, rows: 3 });
  const beam = numberField("Beam", { value: 5, min: 1, max: limits.beam });
  const nbest = numberField("N-best", { value: 1, min: 1, max: limits.beam });
  const command = commandLine(run.command);
  const output = el("ol", { class: "lines" });

  async function work() {
    const fields = { text: text.value.replace(/\n+$/, ""), beam: beam.value(), nbest: nbest.value() };
    const found = await ask(run, "translate", fields);
    output.replaceChildren(...found.lines.map(line));
    command.show(found.command);
    return found.lines.some((one) => one.cut) ? "A line is too long; its end was not read." : "";
  }

  function line(one) {
    const targets = one.translations.map((target) => el("div", { class: "target text" },
      el("span", { dir: "auto" }, target.text),
      el("span", { title: `log P ${target.log_prob.toFixed(3)} nats` }, `score ${target.score.toFixed(3)}`)));
    return el("li", {}, el("p", { class: "source", dir: "auto" }, one.source), ...targets);
  }

  const asking = form(work, field("Text", text),
    el("div", { class: "fields" }, beam.node, nbest.node, mainButton("Translate")));
  return [el("section", { class: "card" }, asking), el("section", { class: "card" }, output, command.node)];
}

// Tag: a text with its entities, or the tag of each word, in colours.

import { ask, characters, commandLine, el, field, form, mainButton, numberField, percent, textBox } from "./parts.js";

const COLOURS = 8;
const UNSURE = 0.5;

export function tagPanel(run) {
  const { types, entities } = run.facts;
  const text = textBox({ placeholder: "A text", required: true, rows: 4 });
  const least = numberField("Least confidence", { value: 0, min: 0, max: 1, step: "any" });
  const output = el("div", { class: "text", dir: "auto" });
  const legend = el("p", { class: "legend" });
  const command = commandLine(run.command);
  const shown = el("section", { class: "card" }, output, legend, command.node);

  async function work() {
    const fields = { text: text.value, ...(entities ? { min_confidence: least.value() } : {}) };
    const found = await ask(run, "tag", fields);
    const own = characters(fields.text);
    let at = 0;
    output.replaceChildren();
    for (const span of found.spans) {
      output.append(own.slice(at, span.start).join(""), mark(own.slice(span.start, span.stop).join(""), span));
      at = span.stop;
    }
    output.append(own.slice(at).join(""));
    command.show(found.command);
    count(found.spans);
    return found.spans.length ? "" : "Nothing found.";
  }

  function style(type) {
    return `k${Math.max(0, types.indexOf(type)) % COLOURS}`;
  }

  function mark(part, span) {
    const sure = span.confidence >= UNSURE;
    const label = `${span.type} ${Math.floor(100 * span.confidence)}%`;
    return el("mark", {
      class: style(span.type) + (sure ? "" : " unsure"), "data-label": label,
      title: `${span.type}, confidence ${percent(span.confidence)}`,
    }, part);
  }

  function count(spans) {
    const counts = new Map();
    for (const span of spans) counts.set(span.type, (counts.get(span.type) || 0) + 1);
    const kinds = types.filter((type) => counts.has(type));
    legend.replaceChildren(...kinds.flatMap((type) => [el("mark", { class: style(type) }, type), String(counts.get(type))]));
    if (spans.some((span) => span.confidence < UNSURE)) legend.append(`dashed: less sure than ${percent(UNSURE)}`);
  }

  const asking = form(work, field("Text", text),
    el("div", { class: "fields" }, ...(entities ? [least.node] : []), mainButton("Tag")));
  return [el("section", { class: "card" }, asking), shown];
}

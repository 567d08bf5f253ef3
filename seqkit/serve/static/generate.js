// Generate: text that grows token by token, each shaded by its surprisal.

import { askStream, commandLine, el, field, form, mainButton, numberField, percent, textBox } from "./parts.js";

const STEPS = 8;

export function generatePanel(run, limits) {
  const prompt = textBox({ placeholder: "Nothing, or text to go on from", rows: 2 });
  const temperature = numberField("Temperature", { value: 1, min: 0.01, max: 100, step: "any" });
  const topK = numberField("Top-k (0: all)", { value: 0, min: 0, max: limits.top_k });
  const topP = numberField("Top-p", { value: 1, min: 0.000001, max: 1, step: "any" });
  const most = numberField("Max tokens", { value: run.facts.max_tokens, min: 1, max: limits.tokens });
  const seed = numberField("Seed", { value: 0, min: 0, max: Number.MAX_SAFE_INTEGER });
  const stop = el("input", { class: "short", placeholder: "none" });
  const halt = el("button", { type: "button", disabled: true, onclick: () => stopping.abort() }, "Stop");
  const output = el("div", { class: "text", tabindex: 0, role: "region", "aria-label": "Text; arrow keys go from token to token", dir: "auto" });
  const beside = el("p", { class: "beside", "aria-live": "polite" });
  const command = commandLine(run.command);
  let stopping = new AbortController();
  let tokens = [];
  let now = -1;

  async function work() {
    const fields = {
      prompt: prompt.value, temperature: temperature.value(), top_k: topK.value(), top_p: topP.value(),
      max_tokens: most.value(), seed: seed.value(), stop: stop.value ? [stop.value] : [],
    };
    let told = "";
    stopping = new AbortController();
    clear();
    halt.disabled = false;
    try {
      await askStream(run, "generate", fields, stopping.signal, (name, event) => {
        if (name === "start") {
          command.show(event.command);
          output.append(el("span", { class: "prompt" }, event.prompt));
          if (event.unknown) told = "The prompt has words the model does not know. ";
        } else if (name === "token") add(event);
        else told += finish(event);
      });
    } catch (error) {
      if (error.name !== "AbortError") throw error;
      told += "Stopped.";
    } finally {
      halt.disabled = true;
    }
    return told;
  }

  function clear() {
    output.replaceChildren();
    beside.textContent = "";
    tokens = [];
    now = -1;
  }

  function add(event) {
    const bits = event.surprisal / Math.LN2;
    const space = event.text.match(/^\s*/)[0];  // stays unshaded, so that words stand apart
    const shade = el("span", { class: `shade u${Math.min(STEPS, Math.floor(bits))}` }, event.text.slice(space.length));
    const span = el("span", { class: "token" }, space, shade);
    const place = tokens.length;
    span.addEventListener("pointerenter", () => look(place));
    tokens.push({ span, event, bits });
    if (run.facts.backward) placeBefore(span);
    else output.append(span);
  }

  // A model that writes from the end completes the last line of the prompt.
  function placeBefore(span) {
    const first = output.firstChild;
    if (tokens.length === 1) {
      const cut = first.textContent.lastIndexOf("\n") + 1;
      output.append(el("span", { class: "prompt" }, first.textContent.slice(cut)));
      first.textContent = first.textContent.slice(0, cut);
    }
    first.after(span);
  }

  // The whole text is what counts: a stop text goes, what could not be told in pieces comes.
  function finish(event) {
    let extra = output.textContent.length - event.text.length;
    if (!output.textContent.startsWith(event.text)) output.textContent = event.text;
    for (let k = tokens.length - 1; extra > 0 && k >= 0; k -= 1) {
      const text = tokens[k].span.textContent;
      tokens[k].span.textContent = text.slice(0, Math.max(0, text.length - extra));
      extra -= text.length;
    }
    const mean = -event.log_prob / Math.max(1, event.tokens);
    return `${event.tokens} tokens, perplexity ${Math.exp(mean).toFixed(1)}${event.finished ? "" : "; cut off by max tokens"}.`;
  }

  function look(place) {
    if (place < 0 || place >= tokens.length) return;
    if (now >= 0) tokens[now].span.classList.remove("now");
    now = place;
    const { span, event, bits } = tokens[now];
    span.classList.add("now");
    const others = event.likeliest.map(([word, share]) => `${word} ${percent(share)}`).join(" · ");
    beside.textContent = `“${event.token}” took ${bits.toFixed(2)} bits. Likeliest here: ${others}`;
  }

  output.addEventListener("keydown", (event) => {
    const way = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (way) {
      event.preventDefault();
      look(Math.max(0, now + way));
    }
  });

  const scale = Array.from({ length: STEPS + 1 }, (_, k) => el("span", { class: `u${k}` }));
  const asking = form(work,
    field("Prompt", prompt),
    el("div", { class: "fields" }, temperature.node, topK.node, topP.node, most.node, seed.node,
      field("Stop at", stop), el("div", { class: "end" }, halt, " ", mainButton("Generate"))));
  const legend = el("p", { class: "legend" }, "Surprisal: 0 bits", el("span", { class: "scale" }, ...scale), `${STEPS} or more. Point at a token, or use the arrow keys, to see what else might have come.`);
  return [el("section", { class: "card" }, asking), el("section", { class: "card" }, output, beside, legend, command.node)];
}

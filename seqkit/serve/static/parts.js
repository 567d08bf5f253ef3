// What all panels are made of: elements, fields, bars, the command line, requests.
// Text from a model or a file becomes text nodes alone, never markup.

let token = sessionStorage.getItem("token") || "";

export function setToken(value) {
  token = value;
  sessionStorage.setItem("token", value);
}

/** An element: its tag, its attributes (on… are listeners), its children (strings are text). */
export function el(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value === true) made.setAttribute(name, "");
    else if (value !== false && value !== undefined) made.setAttribute(name, value);
  }
  made.append(...children);
  return made;
}

/** A control with its label. */
export function field(label, control, wide = false) {
  return el("label", { class: wide ? "field wide" : "field" }, label, control);
}

export function numberField(label, attributes) {
  const control = el("input", { type: "number", required: true, ...attributes });
  return { node: field(label, control), value: () => Number(control.value) };
}

/** A box for text, which sends its form by Ctrl+Enter. */
export function textBox(attributes = {}) {
  return el("textarea", {
    spellcheck: "false", dir: "auto", ...attributes,
    onkeydown: (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) event.target.form.requestSubmit();
    },
  });
}

/** A form that asks: it is busy while `work` runs, and says what went wrong. */
export function form(work, ...children) {
  const status = el("p", { class: "status", role: "status" });
  const made = el("form", {
    novalidate: false,
    onsubmit: async (event) => {
      event.preventDefault();
      const button = made.querySelector("button.main");
      status.className = "status";
      status.textContent = "";
      button.disabled = true;
      try {
        status.textContent = (await work()) || "";
      } catch (error) {
        status.className = "status wrong";
        status.textContent = error.message;
      } finally {
        button.disabled = false;
      }
    },
  }, ...children, status);
  return made;
}

export function mainButton(text) {
  return el("button", { class: "main end", type: "submit", title: "Ctrl+Enter" }, text);
}

/** The command that gives what is shown, with a button that copies it. */
export function commandLine(first) {
  const code = el("code", {}, first);
  const button = el("button", { type: "button", onclick: copy }, "Copy as command");
  async function copy() {
    try {
      await navigator.clipboard.writeText(code.textContent);
      button.textContent = "Copied";
    } catch {
      getSelection().selectAllChildren(code);
      button.textContent = "Selected: Ctrl+C";
    }
    setTimeout(() => { button.textContent = "Copy as command"; }, 1500);
  }
  return { node: el("div", { class: "command" }, code, button), show: (text) => { code.textContent = text; } };
}

/** Names with a bar and a figure each; a `pick` makes the names buttons. */
export function bars(pairs, { shown = percent, pick, chosen } = {}) {
  const rows = pairs.flatMap(([name, share]) => [
    pick
      ? el("button", { type: "button", class: "name", onclick: () => pick(name), "aria-current": chosen === name ? "true" : undefined }, name)
      : el("span", { class: "name" }, name),
    el("progress", { max: 1, value: Math.min(1, Math.max(0, share)), "aria-label": name }),
    el("span", { class: "share-of" }, shown(share)),
  ]);
  return el("div", { class: "bars" }, ...rows);
}

export function percent(share) {
  return `${(100 * share).toFixed(1)}%`;
}

/** The characters of a text as Python counts them. */
export function characters(text) {
  return Array.from(text);
}

async function send(path, body) {
  const head = token ? { authorization: `Bearer ${token}` } : {};
  if (body === undefined) return fetch(path, { headers: head });
  head["content-type"] = "application/json";
  return fetch(path, { method: "POST", headers: head, body: JSON.stringify(body.fields), signal: body.signal });
}

async function failure(response) {
  let why = `the server answered ${response.status}`;
  try { why = (await response.json()).error; } catch { /* no JSON: keep the status */ }
  return Object.assign(new Error(why), { status: response.status });
}

async function reached(path, body) {
  let response;
  try {
    response = await send(path, body);
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Error("the server does not answer; is it still running?");
  }
  if (!response.ok) throw await failure(response);
  return response;
}

export async function getRuns() {
  return (await reached("/api/runs")).json();
}

export async function ask(run, question, fields) {
  return (await reached(`/api/${run.name}/${question}`, { fields })).json();
}

/** Server-sent events, each handed to `take` with its name; an error among them is thrown. */
export async function askStream(run, question, fields, signal, take) {
  const response = await reached(`/api/${run.name}/${question}`, { fields, signal });
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const events = (rest + value).split("\n\n");
    rest = events.pop();
    for (const event of events) {
      const [, name, data] = event.match(/^event: (.*)\ndata: (.*)$/);
      const told = JSON.parse(data);
      if (name === "error") throw new Error(told.error);
      take(name, told);
    }
  }
}

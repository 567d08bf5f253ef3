// The playground: a tab for each run.

import { el, field, form, getRuns, mainButton, setToken } from "./parts.js";
import { modelCard } from "./card.js";
import { classifyPanel } from "./classify.js";
import { generatePanel } from "./generate.js";
import { imagePanel } from "./image.js";
import { tagPanel } from "./tag.js";
import { translatePanel } from "./translate.js";
import { vectorsPanel } from "./vectors.js";

const PANELS = {
  generate: ["Generate", "A language model writes, token by token.", generatePanel],
  tag: ["Tag", "A tagger marks what it finds in a text.", tagPanel],
  classify: ["Classify", "A classifier tells the label of a text, and why.", classifyPanel],
  translate: ["Translate", "A translator turns each line into another.", translatePanel],
  vectors: ["Vectors", "Word vectors tell which words are alike.", vectorsPanel],
  image: ["Image", "A net tells the class of an image.", imagePanel],
};

const tabs = document.getElementById("tabs");
const panels = document.getElementById("panels");

function show({ runs, limits }) {
  panels.replaceChildren();
  const pairs = runs.map((run, k) => {
    const [title, says, make] = PANELS[run.kind];
    const tab = el("button", { id: `tab-${k}`, role: "tab", type: "button", "aria-controls": `panel-${k}`, onclick: () => choose(k) },
      run.name, el("small", {}, title));
    const panel = el("div", { id: `panel-${k}`, role: "tabpanel", "aria-labelledby": `tab-${k}` },
      ...make(run, limits), modelCard(run));
    panel.querySelector(".card").prepend(el("div", { class: "title" }, el("h2", {}, title), el("p", {}, says)));
    tabs.append(tab);
    panels.append(panel);
    return { tab, panel };
  });

  function choose(chosen, focus = false) {
    pairs.forEach(({ tab, panel }, k) => {
      tab.setAttribute("aria-selected", String(k === chosen));
      tab.tabIndex = k === chosen ? 0 : -1;
      panel.hidden = k !== chosen;
    });
    if (focus) pairs[chosen].tab.focus();
    history.replaceState(null, "", `#${runs[chosen].name}`);
  }

  tabs.addEventListener("keydown", (event) => {
    const now = pairs.findIndex(({ tab }) => tab === document.activeElement);
    const to = { ArrowRight: now + 1, ArrowLeft: now - 1, Home: 0, End: pairs.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    choose((to + pairs.length) % pairs.length, true);
  });
  const named = runs.findIndex((run) => `#${run.name}` === location.hash);
  choose(Math.max(0, named));
}

function askForToken() {
  const control = el("input", { type: "password", required: true, autocomplete: "off" });
  async function work() {
    setToken(control.value);
    await start();
  }
  panels.replaceChildren(el("section", { class: "card" },
    form(work, field("This server wants its token", control), el("div", { class: "fields" }, mainButton("Enter")))));
  control.focus();
}

async function start() {
  try {
    show(await getRuns());
  } catch (error) {
    if (error.status === 401) {
      const asked = panels.querySelector("form");
      if (asked) throw new Error("That is not the token of this server.");
      askForToken();
    } else {
      panels.replaceChildren(el("p", { class: "status wrong", role: "alert" }, error.message));
    }
  }
}

start();

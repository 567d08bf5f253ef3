// The model card: what `seqkit inspect` says of a run.

import { commandLine, el } from "./parts.js";

const SVG = "http://www.w3.org/2000/svg";

export function modelCard(run) {
  const { settings, facts, metrics, history, parameters, command } = run.card;
  const size = parameters ? { parameters: parameters.toLocaleString("en") } : {};
  const blocks = [table("What it is", { file: run.path, ...size, ...facts })];
  if (Object.keys(metrics).length) blocks.push(figures(metrics));
  if (history.length > 1) blocks.push(course(history));
  return el("details", {}, el("summary", {}, "Model card"),
    el("div", { class: "card" }, el("div", { class: "columns" }, ...blocks), inThirds(settings), commandLine(command).node));
}

/** Settings are many and short: three tables side by side. */
function inThirds(settings) {
  const rows = Object.entries(settings), each = Math.ceil(rows.length / 3);
  const parts = [0, 1, 2].map((k) => rows.slice(k * each, (k + 1) * each)).filter((part) => part.length);
  return el("div", { class: "columns" }, ...parts.map((part, k) => table(k ? "\u00a0" : "Settings", Object.fromEntries(part))));
}

function table(title, values) {
  const rows = Object.entries(values).map(([name, value]) => el("tr", {}, el("th", { scope: "row" }, name.replaceAll("_", " ")), el("td", {}, String(value))));
  return el("div", {}, el("h3", {}, title), el("table", {}, el("tbody", {}, ...rows)));
}

function figures(metrics) {
  const rows = Object.entries(metrics).flatMap(([split, own]) => Object.entries(own).map(([name, value]) =>
    el("tr", {}, el("th", { scope: "row" }, `${split} ${name.replaceAll("_", " ")}`), el("td", { class: "figure" }, shown(value)))));
  return el("div", {}, el("h3", {}, "Figures"), el("table", {}, el("tbody", {}, ...rows)));
}

function shown(value) {
  return Math.abs(value) >= 1000 ? Math.round(value).toLocaleString("en") : String(Number(value.toPrecision(4)));
}

/** The loss of each epoch as a line, validation over training. */
function course(history) {
  const lines = ["train", "valid"].map((split) => [split, history.map((one) => one[split].loss)]).filter(([, values]) => values.every(Number.isFinite));
  const all = lines.flatMap(([, values]) => values);
  const least = Math.min(...all), most = Math.max(...all);
  const picture = document.createElementNS(SVG, "svg");
  for (const [name, value] of Object.entries({ class: "course", viewBox: "0 0 100 100", preserveAspectRatio: "none", role: "img", "aria-label": `Loss by epoch, from ${shown(most)} to ${shown(least)}` })) picture.setAttribute(name, value);
  for (const [split, values] of lines) {
    const line = document.createElementNS(SVG, "polyline");
    const points = values.map((y, k) => `${(100 * k) / (values.length - 1)},${100 - (100 * (y - least)) / (most - least || 1)}`);
    line.setAttribute("class", split);
    line.setAttribute("points", points.join(" "));
    picture.append(line);
  }
  const legend = el("p", { class: "legend" }, `${shown(most)} at the top, ${shown(least)} at the foot; validation in colour, training in grey`);
  return el("div", {}, el("h3", {}, `Loss over ${history.length} epochs`), picture, legend);
}

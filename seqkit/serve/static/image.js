// Image: the classes of a picture that is chosen or dropped.

import { ask, bars, commandLine, el, field, form, mainButton } from "./parts.js";

export function imagePanel(run, limits) {
  const { rows, columns, channels } = run.facts;
  const file = el("input", { type: "file", accept: "image/png,image/jpeg", required: true, onchange: preview });
  const canvas = el("canvas", { hidden: true, role: "img", "aria-label": "The chosen image" });
  const command = commandLine(run.command);
  const output = el("div", { class: "answer" });

  async function preview() {
    output.replaceChildren();
    canvas.hidden = true;
    if (!file.files.length) return;
    try {
      const bitmap = await createImageBitmap(file.files[0]);
      canvas.width = bitmap.width;
      canvas.height = bitmap.height;
      canvas.getContext("2d").drawImage(bitmap, 0, 0);
      canvas.hidden = false;
    } catch { /* no picture; the server says what is wrong with it */ }
  }

  async function work() {
    const [chosen] = file.files;
    // Four characters for three bytes, and some for the rest of the request.
    const most = Math.floor(0.75 * (limits.body - 1000));
    if (chosen.size > most) throw new Error(`the file is larger than ${most.toLocaleString("en")} bytes; make it smaller`);
    const bytes = new Uint8Array(await chosen.arrayBuffer());
    const binary = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
    const found = await ask(run, "image", { image: btoa(binary), name: chosen.name });
    const ranked = Object.entries(found.probabilities).sort((one, other) => other[1] - one[1]);
    output.replaceChildren(bars(ranked));
    command.show(found.command);
  }

  const asking = form(work,
    field(`A PNG or JPEG file of ${rows} x ${columns} pixels, ${channels === 1 ? "made grey" : "in colour"}`, file),
    el("div", { class: "fields" }, mainButton("Classify")));
  return [el("section", { class: "card" }, asking),
    el("section", { class: "card" }, el("div", { class: "pictured" }, canvas, output), command.node)];
}

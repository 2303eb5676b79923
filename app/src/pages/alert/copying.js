// Gives each command a button that copies it. Of a session with prompts only
// what was typed is copied.
const typed = (text) => {
  const lines = text.split("\n");
  let goesOn = false;
  const prompts = lines.filter((line) => {
    const isTyped = goesOn || line.startsWith("$ ");
    goesOn = isTyped && line.trimEnd().endsWith("\\");
    return isTyped;
  });
  return (prompts.length ? prompts.map((line) => line.replace(/^\$ /, "")) : lines).join("\n").trim();
};
// Without https there is no clipboard, but the old way still copies.
const copy = async (text) => {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const field = document.createElement("textarea");
  field.value = text;
  document.body.append(field);
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  if (!done) throw new Error("not copied");
};
for (const command of document.querySelectorAll("pre.cmd")) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn small copy no-print";
  button.textContent = "Copy";
  button.addEventListener("click", async () => {
    try {
      await copy(typed(command.textContent));
      button.textContent = "Copied";
    } catch {
      button.textContent = "Select it by hand";
    }
    setTimeout(() => { button.textContent = "Copy"; }, 4000);
  });
  command.after(button);
}

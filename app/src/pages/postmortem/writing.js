// Saves the postmortem a moment after the typing stops. Without this script the
// button "Save and write on" does the same.
const form = document.querySelector("form[data-writing]");
if (form) {
  const state = form.querySelector("[data-writing-state]");
  const said = () => new URLSearchParams(new FormData(form)).toString();
  const flat = (text) => text.trim().replace(/\s+/g, " ");
  const words = () => said().replace(/(^|&)had-[^&]*/g, "");
  let kept = words();
  // By the clock of the page, not by that of the browser.
  const clock = new Intl.DateTimeFormat("en-GB", { timeStyle: "short", timeZone: form.dataset.zone });
  let timer = 0;
  let busy = false;
  let stopped = false;

  const keep = async () => {
    if (busy || stopped || words() === kept) return;
    busy = true;
    const now = words();
    const body = new URLSearchParams(new FormData(form));
    body.set("stay", "1");
    try {
      // One that is small enough goes on when the page is left.
      const keepalive = body.toString().length < 60000;
      const answer = await fetch(location.pathname, { method: "POST", body, keepalive });
      if (answer.status === 422) {
        stopped = true;
        state.textContent = "Not saved: something stands against it. Press Save to see what. What you typed is still here.";
      } else if (!answer.ok) {
        throw new Error(answer.status);
      } else {
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        const stands = page.querySelector("form[data-writing]");
        if (!stands) throw new Error("signed out");
        const isTyping = words() !== now;
        for (const had of stands.querySelectorAll("[name^='had-']")) {
          const name = had.name.slice("had-".length);
          const [own, sent, stored] = [form.elements[name], body.get(name), stands.elements[name].value];
          // What others wrote meanwhile comes to the page, but not where one is about to type.
          const isTheirs = flat(stored) !== flat(sent);
          if (isTheirs && (own.value !== sent || own === document.activeElement)) continue;
          if (isTheirs) own.value = stored;
          form.elements[had.name].value = had.value;
        }
        kept = isTyping ? now : words();
        state.textContent = `Saved ${clock.format(new Date())} ${form.dataset.city}`;
      }
    } catch {
      state.textContent = "Not saved. What you typed is still here; trying again.";
      timer = setTimeout(keep, 8000);
    }
    busy = false;
    if (words() !== now && words() !== kept) plan();
  };
  const plan = () => { clearTimeout(timer); timer = setTimeout(keep, 1500); };

  // Pressing a button waits for what is being saved: it would be taken for
  // somebody else's change.
  let isSent = false;
  form.addEventListener("submit", (event) => {
    clearTimeout(timer);
    if (!busy) { isSent = true; return; }
    event.preventDefault();
    const wait = () => (busy ? setTimeout(wait, 50) : form.requestSubmit(event.submitter));
    wait();
  });
  addEventListener("beforeunload", (event) => {
    if (isSent || words() === kept) return;
    keep();
    event.preventDefault();
  });
  form.addEventListener("input", () => { stopped = false; state.textContent = "Not saved yet"; plan(); });
  addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") keep(); });
}

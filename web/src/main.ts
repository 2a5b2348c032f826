import "./style/figures.css";
import "./style/base.css";
import { preferred, speak } from "./language";
import { start } from "./shell";

async function begin(): Promise<void> {
  await speak(preferred()).catch(() => speak("en"));
  await start(document.body);
  if (import.meta.env.PROD && "serviceWorker" in navigator) {
    await navigator.serviceWorker
      .register(`${import.meta.env.BASE_URL}offline.js`, { scope: "/viewer", type: "module" })
      .catch(() => undefined);
  }
}

void begin();

import "./style/figures.css";
import "./style/base.css";
import { preferred, speak } from "./language";
import { start, tellOfUpdate } from "./shell";

async function begin(): Promise<void> {
  await speak(preferred()).catch(() => speak("en"));
  const worker = import.meta.env.PROD && "serviceWorker" in navigator && navigator.serviceWorker;
  // Listened for before anything is shown: an update may come at once. The first worker takes over a
  // page that is of its own build.
  if (worker && worker.controller !== null) {
    worker.addEventListener("controllerchange", tellOfUpdate);
  }
  await start(document.body);
  if (worker) {
    const options = { scope: "/viewer", type: "module" } as const;
    const registered = await worker
      .register(`${import.meta.env.BASE_URL}offline.js`, options)
      .catch(() => undefined);
    // A window that is open for days asks when somebody comes back to it.
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden) void registered?.update().catch(() => undefined);
    });
  }
}

void begin();

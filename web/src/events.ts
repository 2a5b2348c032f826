/** Server-sent events out of a stream of text, and many things told as one. */

/** An event; its data are one text, whatever lines they came in. */
export interface Event {
  id: string;
  name: string;
  data: string;
}

/** Takes the text of a stream as it comes, and gives the events that are complete. */
export class Events {
  #rest = "";

  take(text: string): Event[] {
    const blocks = (this.#rest + text).replaceAll("\r\n", "\n").split("\n\n");
    this.#rest = blocks.pop() ?? "";
    return blocks.map((block) => {
      const event: Event = { id: "", name: "message", data: "" };
      for (const line of block.split("\n")) {
        const at = line.indexOf(":");
        const [field, value] = [line.slice(0, at), line.slice(at + 1).replace(/^ /, "")];
        if (field === "id") event.id = value;
        else if (field === "event") event.name = value;
        else if (field === "data") event.data += event.data === "" ? value : `\n${value}`;
      }
      return event;
    });
  }
}

/** Gathers what comes close together, so that an import of a thousand files is one picture a moment. */
export function gathered<T>(
  pauseMs: number,
  act: (all: T[]) => Promise<void>,
): (some: T[]) => void {
  let waiting: T[] = [];
  let isBusy = false;
  const run = async () => {
    while (waiting.length > 0) {
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
      const all = waiting;
      waiting = [];
      await act(all).catch(() => undefined);
    }
    isBusy = false;
  };
  return (some) => {
    waiting.push(...some);
    if (isBusy) return;
    isBusy = true;
    void run();
  };
}

/** Why something of what was sent is not shown, and how to go on. */
import { element } from "../dom";
import { type Key, text } from "../language";
import { Refusal } from "../server";
import { told } from "../shell";

/** What a refusal of the server means to who reads what was sent. */
const WORDS: Record<string, Key> = {
  unauthenticated: "sent.refused",
  forbidden: "sent.refused",
  "not-found": "receipt.unknown",
};

/** Words for a failure; with a button to ask again where that may help. */
export function refused(failure: unknown, again: () => void): HTMLElement {
  const code = failure instanceof Refusal ? failure.code : "";
  const known = WORDS[code];
  return element(
    "div",
    { class: "stack" },
    element(
      "p",
      { class: "error", role: "alert" },
      known === undefined ? told(failure) : text(known),
    ),
    known === undefined &&
      element(
        "p",
        {},
        element(
          "button",
          { type: "button", class: "quiet", onclick: again },
          text("failure.again"),
        ),
      ),
  );
}

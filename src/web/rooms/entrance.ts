/** The form at the beginning: who somebody is, and the network's key where it has one. */

import { byId, setText } from "../map/page/dom.ts";
import { objectionToLabel } from "../node/open.ts";

/** What is asked for. */
export interface Entry {
  label: string;
  /** Empty where the network has none. */
  key: string;
}

/** Shortest key that a network can have. */
const MIN_KEY_CHARACTERS = 16;

export class Entrance {
  readonly #form = byId("entrance", HTMLFormElement);
  readonly #name = byId("name", HTMLInputElement);
  readonly #key = byId("key", HTMLInputElement);
  readonly #problem = byId("entrance-problem", HTMLElement);
  #needsKey = false;

  /** @param enter told what somebody chose */
  constructor(enter: (entry: Entry) => void) {
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      const entry = { label: this.#name.value.trim(), key: this.#key.value };
      const problem = this.#objectionTo(entry);
      this.#complain(problem ?? "");
      if (problem === undefined) enter(entry);
    });
  }

  /** Asks. @param problem what was wrong with the last answer, if anything was */
  show(network: string, needsKey: boolean, entry: Entry, problem = ""): void {
    this.#needsKey = needsKey;
    setText(byId("network", HTMLElement), network);
    byId("key-field", HTMLElement).hidden = !needsKey;
    this.#name.value = entry.label;
    this.#key.value = entry.key;
    this.#complain(problem);
    this.#form.hidden = false;
    const isAboutKey = needsKey && entry.label !== "";
    (isAboutKey ? this.#key : this.#name).focus();
  }

  hide(): void {
    this.#form.hidden = true;
  }

  #objectionTo({ label, key }: Entry): string | undefined {
    if (label === "") return "Choose a name, so that others know who speaks.";
    const objection = objectionToLabel(label);
    if (objection !== undefined) return `${objection}.`;
    if (!this.#needsKey || key.length >= MIN_KEY_CHARACTERS) return undefined;
    return `The key of a network has at least ${MIN_KEY_CHARACTERS} characters: ` +
      "ask somebody who runs a node of it.";
  }

  #complain(problem: string): void {
    setText(this.#problem, problem);
    const isAboutKey = problem.includes("key");
    this.#name.ariaInvalid = String(problem !== "" && !isAboutKey);
    this.#key.ariaInvalid = String(isAboutKey);
  }
}

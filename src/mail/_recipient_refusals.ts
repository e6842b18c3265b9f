/**
 * The recipients that a server refuses while it takes the mail for others: smtplib is silent about
 * them. A recipient is reported when it is refused for the first time, and again after a mail that it
 * has got; so a listener that logs an error to the handler starts no endless round.
 *
 * @module
 */
import type { DeliveryEvent } from "../delivery/delivery_event.ts";
import { callBack, type Fail } from "../logging/callback.ts";
import { raiseExceptions } from "../logging/raise_exceptions.ts";
import { writeToStderr } from "../logging/stderr.ts";
import type { RefusedRecipient } from "./_mail.ts";

/** Counts and reports the refused recipients of one handler. */
export class RecipientRefusals {
  /** The mails that each recipient did not get. */
  readonly counts: Map<string, number> = new Map();
  readonly #name: string;
  readonly #onEvent: ((event: DeliveryEvent) => void) | undefined;
  readonly #onFault: Fail;
  /** The recipients of the last mail that were refused. */
  #refused: ReadonlySet<string> = new Set();

  /** @param onFault gets the error of `onEvent` */
  constructor(
    name: string,
    onEvent: ((event: DeliveryEvent) => void) | undefined,
    onFault: Fail,
  ) {
    this.#name = name;
    this.#onEvent = onEvent;
    this.#onFault = onFault;
  }

  /** A mail was taken, but for these recipients. Never throws. */
  add(recipients: readonly RefusedRecipient[]): void {
    const before = this.#refused;
    this.#refused = new Set(recipients.map(({ address }) => address));
    for (const { address } of recipients) {
      this.counts.set(address, (this.counts.get(address) ?? 0) + 1);
    }
    const fresh = recipients.filter(({ address }) => !before.has(address));
    if (fresh.length === 0) return;
    const event: DeliveryEvent = { type: "recipients-refused", recipients: fresh };
    callBack(() => this.#onEvent ? this.#onEvent(event) : this.#print(fresh), this.#onFault);
  }

  #print(recipients: readonly RefusedRecipient[]): void {
    if (!raiseExceptions) return;
    for (const { address, answer } of recipients) {
      const why = answer === "" ? "" : `: ${JSON.stringify(answer)}`;
      writeToStderr(
        `logwire: ${this.#name}: the recipient ${address} is refused${why}; others get the mails\n`,
      );
    }
  }
}

/**
 * Sends batches as mails: a batch is one mail, and is settled once the server has taken it.
 *
 * A mail that the server refuses for good (a recipient that does not exist, a body that it does not
 * want) is dropped; any other failure counts as a lost connection, and the mail is sent again if the
 * handler keeps it.
 *
 * @module
 */
import type { Batch, DetailedWriter, Refusal } from "../delivery/batch_writer.ts";
import { withTimeout } from "../net/with_timeout.ts";
import type { Clock, WaitOptions } from "../net/connector.ts";
import {
  decodeMail,
  type MailAddress,
  type MailTransport,
  type RefusedRecipient,
  refusedRecipients,
} from "./_mail.ts";
import type { RateLimit } from "./_rate_limit.ts";

/** How mails are sent; every value has been checked. */
export interface MailRoute {
  from: MailAddress;
  to: readonly MailAddress[];
  transport: MailTransport & {
    /** Settles when the connection of the last mail is closed; never rejects. */
    readonly ended?: Promise<void>;
  };
  limit: RateLimit;
  /** The longest that a mail takes, its connection included. */
  totalMs: number;
  clock: Clock;
}

/** Is called for each mail that was taken, with the recipients that were refused; never throws. */
export type RecipientListener = (refused: readonly RefusedRecipient[]) => void;

/** RFC 5321: "exceeded storage allocation", also said where the mail is larger than SIZE allows. */
const TOO_LARGE = 552;

/** Sends one mail after the other. */
export class MailWriter implements DetailedWriter {
  readonly acknowledges = true;
  readonly isConnectionless = true;
  readonly isUnproven = true;
  readonly closed: Promise<undefined> = new Promise(() => {});
  onSettled: DetailedWriter["onSettled"];
  /** Set by a failure: each one counts for the back-off. */
  holdSeconds: number | undefined;
  readonly #route: MailRoute;
  readonly #onTaken: RecipientListener;
  #abort: AbortController | undefined;

  constructor(route: MailRoute, onTaken: RecipientListener = () => {}) {
    this.#route = route;
    this.#onTaken = onTaken;
  }

  async write(batch: Batch): Promise<void> {
    const abort = this.#abort = new AbortController();
    let refused: RefusedRecipient[];
    try {
      await this.#turn(abort.signal);
      refused = refusedRecipients(await this.#send(batch, abort));
    } catch (error) {
      const refusal = abort.signal.aborted ? undefined : judge(error);
      if (refusal === undefined) {
        this.holdSeconds = 0;
        throw error;
      }
      return this.onSettled?.(batch, [0], refusal);
    } finally {
      this.#abort = undefined;
    }
    this.onSettled?.(batch);
    this.#onTaken(refused);
  }

  /** Waits until there may be another mail. */
  async #turn(signal: AbortSignal): Promise<void> {
    const { transport, limit, clock } = this.#route;
    await transport.ended;
    for (;;) {
      signal.throwIfAborted();
      const wait = limit.waitSeconds(clock.now());
      if (wait === 0) break;
      await new Promise<void>((resolve, reject) => {
        const timer = clock.setTimeout(resolve, Math.ceil(wait * 1000));
        signal.addEventListener("abort", () => {
          clock.clearTimeout(timer);
          reject(signal.reason);
        });
      });
    }
    limit.begin(clock.now());
  }

  async #send({ bytes }: Batch, abort: AbortController): Promise<unknown> {
    const { from, to, transport, totalMs, clock } = this.#route;
    const { signal } = abort;
    const late = () => new Error(`the mail was not taken within ${totalMs / 1000} seconds`);
    return await withTimeout(
      async () => await transport.sendMail({ from, to: [...to], ...decodeMail(bytes), signal }),
      { abort, clock, ms: totalMs, late },
    );
  }

  async close({ signal }: WaitOptions = {}): Promise<void> {
    this.#abort?.abort(new Error("the mail was given up"));
    if (!signal?.aborted) await this.#route.transport.ended;
  }
}

/** Why the server does not want a mail; `undefined` where that was not what went wrong. */
function judge(error: unknown): Refusal | undefined {
  const { code, responseCode } = Object(error) as { code?: unknown; responseCode?: unknown };
  if (code !== "EENVELOPE" && code !== "EMESSAGE") return undefined;
  if (typeof responseCode === "number" && responseCode < 500) return undefined;
  return responseCode === TOO_LARGE ? { reason: "tooLarge" } : { reason: "error", error };
}

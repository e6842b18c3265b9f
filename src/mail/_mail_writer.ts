/**
 * Mail as the way out of a delivery: a batch is one mail, and is sent once it was taken.
 *
 * What the other side says of this mail for good (a recipient that does not exist, a body that it
 * does not want) costs the mail; whatever else fails breaks the way out, as a lost connection does,
 * and the mail is sent again if the handler keeps it.
 *
 * @module
 */
import type { Batch } from "../delivery/outbox.ts";
import { withTimeout } from "../net/with_timeout.ts";
import { NOTHING, type Outlet, type Progress } from "../delivery/writer.ts";
import type { Clock, WaitOptions } from "../net/connector.ts";
import { decodeMail, type MailAddress, type MailTransport } from "./_mail.ts";
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

/** RFC 5321: "exceeded storage allocation", also said where the mail is larger than SIZE allows. */
const TOO_LARGE = 552;

/** Sends one mail after the other. */
export class MailOutlet implements Outlet {
  readonly closed = undefined;
  readonly isUnproven = true;
  /** Set by a failure: each one counts for the back-off. */
  holdSeconds: number | undefined;
  readonly #route: MailRoute;
  #abort: AbortController | undefined;
  #progress: Progress = NOTHING;

  constructor(route: MailRoute) {
    this.#route = route;
  }

  async write(batch: Batch): Promise<void> {
    this.#progress = NOTHING;
    const abort = this.#abort = new AbortController();
    try {
      await this.#turn(abort.signal);
      await this.#send(batch, abort);
      this.#progress = { ...NOTHING, frames: 1 };
    } catch (error) {
      const judged = abort.signal.aborted ? undefined : judge(batch, error);
      if (judged === undefined) {
        this.holdSeconds = 0;
        throw error;
      }
      this.#progress = judged;
    } finally {
      this.#abort = undefined;
    }
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

  async #send({ bytes }: Batch, abort: AbortController): Promise<void> {
    const { from, to, transport, totalMs, clock } = this.#route;
    const { signal } = abort;
    const late = () => new Error(`the mail was not taken within ${totalMs / 1000} seconds`);
    await withTimeout(
      async () => await transport.sendMail({ from, to: [...to], ...decodeMail(bytes), signal }),
      { abort, clock, ms: totalMs, late },
    );
  }

  progress(): Progress {
    return this.#progress;
  }

  async close({ signal }: WaitOptions = {}): Promise<void> {
    this.#abort?.abort(new Error("the mail was given up"));
    if (!signal?.aborted) await this.#route.transport.ended;
  }
}

/** What becomes of a mail that is not wanted; `undefined` where that was not what went wrong. */
function judge(batch: Batch, error: unknown): Progress | undefined {
  const { code, responseCode } = Object(error) as { code?: unknown; responseCode?: unknown };
  if (code !== "EENVELOPE" && code !== "EMESSAGE") return undefined;
  if (typeof responseCode === "number" && responseCode < 500) return undefined;
  const bytes = batch.bytes.length;
  if (responseCode === TOO_LARGE) {
    return { ...NOTHING, frames: 1, tooLarge: 1, tooLargeBytes: bytes };
  }
  return { ...NOTHING, frames: 1, refused: { frames: 1, bytes, reason: "error", error } };
}

/**
 * Payloads of either kind in the frames of `SocketHandler`: pickles, and objects of JSON, which a
 * client of the viewer `cutelog` sends. No pickle begins with the brace of an object. Such a client
 * may first name its format, in a frame of its own: `!!cutelog!!format=json`.
 *
 * Browser compatible.
 *
 * @module
 */
import { recordFields } from "./json_record.ts";
import { FrameError } from "./framing.ts";
import { Deframer, lengthPrefixed } from "./length_prefix_framing.ts";
import type { DeframerOptions, Framing } from "./framing.ts";
import { pickle } from "./pickle_serializer.ts";
import type { Serializer } from "./serializer.ts";

const BRACE = 0x7b;
const decoder = /* @__PURE__ */ new TextDecoder("utf-8", { fatal: true });
const COMMAND = /* @__PURE__ */ new TextEncoder().encode("!!cutelog!!");

/** A command is a word and a value; a longer one is none. */
const MAX_COMMAND_BYTES = 64;

/** Passes over the frames in which a client names its format. */
class CutelogReader extends Deframer {
  override next(): Uint8Array | undefined {
    for (;;) {
      const payload = super.next();
      if (payload === undefined || !isCommand(payload)) return payload;
      const command = new TextDecoder().decode(payload.subarray(COMMAND.length));
      const [, format] = /^format=(.*)$/.exec(command) ?? [];
      if (format === undefined || format === "json" || format === "pickle") continue;
      throw new FrameError(
        "malformed",
        `the sender wants to send ${JSON.stringify(format)}: have it send json or pickle`,
      );
    }
  }
}

function isCommand(payload: Uint8Array): boolean {
  return payload[0] === COMMAND[0] && payload.length <= MAX_COMMAND_BYTES &&
    COMMAND.every((byte, at) => payload[at] === byte);
}

const framing: Framing = {
  frame: lengthPrefixed.frame,
  reader: (options?: DeframerOptions): Deframer => new CutelogReader(options),
};

/** Reads pickles, and objects of JSON as `recordFields()` does; writes pickles. See the module. */
export const pickleOrJson: Serializer = {
  dumps: pickle.dumps,
  loads: (payload: Uint8Array): Record<string, unknown> =>
    payload[0] === BRACE
      ? recordFields(JSON.parse(decoder.decode(payload)))
      : pickle.loads(payload),
  framing,
  contentType: "pickle or json",
};

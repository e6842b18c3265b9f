import { assertEquals } from "@std/assert";
import { asciiDecoder, decodeAscii } from "../../../src/wire/pickle/_ascii_decoder.ts";
import { test } from "../../test.ts";
import { latin1 } from "./recorded_pickles.ts";

test("decodeAscii() decodes a part of the bytes, with a Buffer and without one", () => {
  const all = Array.from({ length: 128 }, (_, code) => String.fromCharCode(code)).join("");
  const text = `(${all})`.repeat(20);
  // Behind other bytes of a buffer, as in a chunk that was received.
  const bytes = latin1(`....${text}`).subarray(4);
  for (const decode of [decodeAscii, asciiDecoder({}), asciiDecoder({ Buffer: class {} })]) {
    for (const [start, end] of [[0, 0], [0, 7], [5, 120], [3, text.length], [0, text.length]]) {
      assertEquals(decode(bytes, start!, end!), text.slice(start, end));
    }
  }
});

import { assertEquals, assertThrows } from "@std/assert";
import { FrameError } from "../../src/wire/framing.ts";
import { frame } from "../../src/wire/length_prefix.ts";
import { pickleOrJson } from "../../src/wire/pickle_or_json.ts";
import { pickle } from "../../src/wire/pickle_serializer.ts";
import { test } from "../test.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

/** The payloads that are read from frames with these texts. */
function payloads(...texts: string[]): string[] {
  const reader = pickleOrJson.framing!.reader();
  for (const text of texts) reader.push(frame(bytes(text)));
  const read: string[] = [];
  for (let one = reader.next(); one !== undefined; one = reader.next()) {
    read.push(new TextDecoder().decode(one));
  }
  reader.end();
  return read;
}

test("pickleOrJson reads a payload as the kind that it is", () => {
  const fields = { name: "shop", msg: "paid", levelno: 20, args: null };
  assertEquals(pickleOrJson.loads(pickle.dumps(fields)).msg, "paid");
  const { name, msg, levelname, created, exc_text, order } = pickleOrJson.loads(bytes(
    '{"created":1.5,"levelname":"warning","name":"shop","msg":"late","exc_text":"E","order":7}',
  ));
  assertEquals([name, msg, levelname, created, exc_text, order], [
    ...["shop", "late", "WARNING", 1.5, "E", 7],
  ]);
  for (const bad of ["", "[]", "{", '"text"']) assertThrows(() => pickleOrJson.loads(bytes(bad)));
});

test("pickleOrJson passes over the frame in which a client of cutelog names its format", () => {
  assertEquals(payloads("!!cutelog!!format=json", "{}", "!!cutelog!!other=1", "!!", ""), [
    ...["{}", "!!", ""],
  ]);
  const long = `!!cutelog!!${"x".repeat(99)}`;
  assertEquals(payloads(long), [long]);
});

test("pickleOrJson refuses a sender of another format", () => {
  assertThrows(() => payloads("!!cutelog!!format=msgpack"), FrameError, 'send "msgpack"');
});

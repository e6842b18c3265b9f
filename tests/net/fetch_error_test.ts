import { assertEquals } from "@std/assert";
import { fetchError } from "../../src/net/fetch_error.ts";
import { test } from "../test.ts";

const shown = (error: unknown, url = "http://h/") => {
  const { code, message } = fetchError(error, url);
  return `${code}: ${message}`;
};

test("fetchError() joins the texts of the causes, and takes the code of the first that has one", () => {
  const cause = Object.assign(new Error("connect ECONNREFUSED 127.0.0.1:9"), {
    code: "ECONNREFUSED",
  });
  const error = new TypeError("fetch failed", { cause });
  assertEquals(shown(error), "refused: fetch failed: connect ECONNREFUSED 127.0.0.1:9");
  assertEquals(fetchError(error, "http://h/").cause, error);
  assertEquals(shown("text"), "other: the request failed");
  assertEquals(shown(Object.assign(new Error(""), { code: "EPIPE" })), "reset: EPIPE");
});

test("fetchError() takes from the text the code that Deno does not give", () => {
  const texts: Record<string, string> = {
    "invalid peer certificate: UnknownIssuer": "tls",
    "dns error: failed to lookup address information: Name or service not known": "not-found",
    "No route to host (os error 113)": "unreachable",
    "Connection timed out (os error 110)": "timeout",
    "operation canceled": "other",
  };
  for (const [text, code] of Object.entries(texts)) {
    const error = new TypeError("error sending request", { cause: new Error(text) });
    assertEquals(fetchError(error, "https://h/").code, code);
  }
});

test("fetchError() leaves out the URL, which may hold a record", () => {
  const deno = "error sending request for url (https://h:1/log?msg=secret&args=%28%29): " +
    "client error (Connect): Connection refused (os error 111)";
  assertEquals(
    shown(new TypeError(deno), "https://h:1/log"),
    "refused: error sending request: client error (Connect): Connection refused (os error 111)",
  );
  const answered =
    "error sending request from 127.0.0.1:5 for http://h:1/?msg=secret (1.2.3.4:1): " +
    "client error (SendRequest): connection reset";
  assertEquals(
    shown(new TypeError(answered)),
    "reset: error sending request: client error (SendRequest): connection reset",
  );
});

test("fetchError() advises 'secure' for a server that does not answer HTTP", () => {
  for (const said of ["other side closed", "socket hang up", "invalid HTTP version parsed"]) {
    const advice = "; if the server speaks HTTPS on this port, set 'secure'";
    assertEquals(shown(new Error(said)), `other: ${said}${advice}`);
    assertEquals(shown(new Error(said), "https://h/"), `other: ${said}`);
  }
  const bun = Object.assign(
    new Error(
      "ECONNRESET: The socket connection was closed unexpectedly. For more information, " +
        "pass `verbose: true` in the second argument to fetch()",
    ),
    { code: "ECONNRESET" },
  );
  assertEquals(
    shown(bun),
    "reset: ECONNRESET: The socket connection was closed unexpectedly; " +
      "if the server speaks HTTPS on this port, set 'secure'",
  );
});

test("fetchError() advises to leave out 'secure' for a server without TLS", () => {
  const cause = new Error(
    "80AC:error:0A00010B:SSL routines:ssl3_get_record:wrong version number:\n",
  );
  assertEquals(
    shown(new TypeError("fetch failed", { cause }), "https://h/"),
    "tls: the server does not speak TLS on this port: leave out 'secure', or use its TLS port",
  );
});

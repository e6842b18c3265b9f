/**
 * Checks TLS settings before a runtime sees them: what runtimes say of bad PEM text differs, and
 * some say nothing.
 *
 * Pure: uses no runtime global.
 *
 * @module
 */
import { checkText } from "../../net/address.ts";
import type { TlsOptions } from "../../net/connector.ts";

const CERTIFICATE = /-----BEGIN (TRUSTED |X509 )?CERTIFICATE-----[^]+-----END /;
const KEY = /-----BEGIN ([A-Z]+ )*PRIVATE KEY-----[^]+-----END /;

/** Throws `TypeError` for settings that cannot work; a listener must have a certificate. */
export function checkTlsOptions(tls: TlsOptions, doing: string, side: "client" | "listener"): void {
  const { ca, cert, key, serverName } = tls;
  if (ca !== undefined && !(Array.isArray(ca) && ca.every((pem) => CERTIFICATE.test(pem)))) {
    throw bad(doing, "tls.ca", "an array of PEM certificates", ca);
  }
  if (
    side === "listener"
      ? !CERTIFICATE.test(String(cert))
      : cert !== undefined && !CERTIFICATE.test(cert)
  ) {
    throw bad(doing, "tls.cert", "a PEM certificate", cert);
  }
  if ((cert === undefined) !== (key === undefined)) {
    const missing = cert === undefined ? "cert" : "key";
    throw new TypeError(
      `${doing} as 'tls.cert' and 'tls.key' go together: '${missing}' is missing`,
    );
  }
  if (key !== undefined && !KEY.test(key)) {
    // A key is a secret: its text has no place in a message.
    throw new TypeError(
      `${doing} as 'tls.key' must be a PEM private key: current value is not one`,
    );
  }
  if (serverName === "") checkText(serverName, doing, "tls.serverName");
}

function bad(doing: string, option: string, range: string, value: unknown): TypeError {
  const shown = JSON.stringify(value) ?? "undefined";
  const short = shown.length > 60 ? `${shown.slice(0, 60)}…` : shown;
  return new TypeError(`${doing} as '${option}' must be ${range}: current value is ${short}`);
}

/** `WeakRef` is younger than the oldest compatibility date; `@std/assert` names it, logwire does not. */
(globalThis as { WeakRef?: unknown }).WeakRef ??= class {};

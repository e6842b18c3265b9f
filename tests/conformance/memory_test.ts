import { conformance } from "./suite.ts";
import { memoryTarget } from "./target.ts";

conformance(memoryTarget());

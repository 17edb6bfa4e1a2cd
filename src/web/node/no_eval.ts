/**
 * Has zod make no functions of texts, which pages of nodes forbid. It looks whether it could as soon as a
 * schema is made, and the browser complains of that: so this must be imported before any schema is.
 */

import { config } from "zod";

config({ jitless: true });

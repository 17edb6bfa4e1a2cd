/**
 * Whether this machine has an address besides loopback, for a test that needs one and is skipped where
 * there is none: browsers offer one another no address of loopback.
 */
export function networkOrWarning(what: string): boolean {
  const hasOne = Deno.networkInterfaces().some(({ address }) =>
    !/^(127\.|::1$|fe80:)/.test(address) && address !== ""
  );
  if (!hasOne) console.warn(`SKIPPED: ${what}, since this machine has no address but loopback`);
  return hasOne;
}

/** The key of a network, kept by the browser for as long as the tab is open: a reload asks nobody. */
export class KeptKey {
  read(network: string): string {
    try {
      return sessionStorage.getItem(`area-net key ${network}`) ?? "";
    } catch {
      return "";
    }
  }

  keep(network: string, key: string): void {
    try {
      sessionStorage.setItem(`area-net key ${network}`, key);
    } catch {
      // Then it is asked for again.
    }
  }
}

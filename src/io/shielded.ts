/** What a program's own callback throws is the program's trouble, not the one of what calls it. */
export function shielded<T>(callback: (argument: T) => void): (argument: T) => void {
  return (argument) => {
    try {
      callback(argument);
    } catch (error) {
      queueMicrotask(() => {
        throw error;
      });
    }
  };
}

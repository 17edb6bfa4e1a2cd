/**
 * The colours of the page and of exported pictures, by day and by night. Texts have a contrast of 4.5
 * to 1 or more to what they stand on, and shapes one of 3 to 1, as WCAG 2.2 asks (1.4.3, 1.4.11); a test
 * holds them to it.
 */

/** What has a colour of its own. */
export const COLOURS = {
  ground: ["#f7f8fa", "#0f1318"],
  surface: ["#ffffff", "#181e26"],
  edge: ["#d5dae1", "#2e3742"],
  text: ["#161b22", "#e6eaf0"],
  muted: ["#566070", "#9aa6b5"],
  accent: ["#1d4ed8", "#7ea6ff"],
  good: ["#15703c", "#56c28a"],
  bad: ["#b42318", "#ff8072"],
  own: ["#1d4ed8", "#6f9bff"],
  alive: ["#0f766e", "#2fb5a5"],
  lost: ["#c2291c", "#ff6b5c"],
  left: ["#6b7585", "#8b97a8"],
  "warmth-0": ["#2b8a7e", "#2f9e91"],
  "warmth-1": ["#5b8a2b", "#7aab3f"],
  "warmth-2": ["#a67c00", "#d0a215"],
  "warmth-3": ["#d9620f", "#f08a3c"],
  "warmth-4": ["#d02f5b", "#f2668b"],
  unmeasured: ["#818b99", "#6c7887"],
} as const satisfies Record<string, readonly [day: string, night: string]>;

export type ColourName = keyof typeof COLOURS;
export type Theme = "day" | "night";

/** Every colour of a theme by its name. */
export function palette(theme: Theme): Record<ColourName, string> {
  const at = theme === "day" ? 0 : 1;
  const entries = Object.entries(COLOURS).map(([name, colours]) => [name, colours[at]]);
  return Object.fromEntries(entries);
}

/** The contrast of two colours, 1 to 21, as WCAG 2.2 defines it. */
export function contrast(a: string, b: string): number {
  const [lighter = 0, darker = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (lighter + 0.05) / (darker + 0.05);
}

/** @param colour as `#rrggbb` */
function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const share = parseInt(colour.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

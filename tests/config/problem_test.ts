import { assertEquals } from "@std/assert";
import { ConfigError, formatProblem } from "../../src/config/problem.ts";

Deno.test("formatProblem: puts the place first, as far as it is known", () => {
  const message = "Not TOML";
  assertEquals(formatProblem({ message }), "Not TOML");
  assertEquals(formatProblem({ message, file: "a.toml" }), "a.toml: Not TOML");
  assertEquals(formatProblem({ message, file: "a.toml", line: 3 }), "a.toml:3: Not TOML");
  assertEquals(
    formatProblem({ message, file: "a.toml", line: 3, column: 5 }),
    "a.toml:3:5: Not TOML",
  );
  assertEquals(formatProblem({ message, setting: "label=1" }), "-s label=1: Not TOML");
  assertEquals(formatProblem({ message, option: "--port" }), "--port: Not TOML");
});

Deno.test("ConfigError: holds its problems and lists them one a line", () => {
  const problems = [{ message: "One", file: "a.toml", line: 1 }, { message: "Two" }];
  const error = new ConfigError(problems);
  assertEquals(error.problems, problems);
  assertEquals(error.message, "a.toml:1: One\nTwo");
});

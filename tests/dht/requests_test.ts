import { assertEquals } from "@std/assert";
import { REQUEST_TIMEOUT_MS, Requests, type Task } from "../../src/dht/requests.ts";
import { idAt } from "./points.ts";

const [A, B] = [idAt("0"), idAt("1")];

const TASK: Task = {
  takeAsks: () => [],
  isOver: () => false,
  nextWakeup: () => undefined,
  handleAnswer: () => {},
  handleSilence: () => {},
  handleGone: () => {},
};

Deno.test("Requests.take: only who was asked can answer, with the number it was given, once", () => {
  const requests = new Requests();
  const number = requests.add(0, A, TASK);
  assertEquals(requests.take(number, B), undefined);
  assertEquals(requests.take(number + 1, A), undefined);
  assertEquals(requests.take(number, A)?.task, TASK);
  assertEquals(requests.take(number, A), undefined);
  assertEquals(requests.nextWakeup(), undefined);
});

Deno.test("Requests.takeOverdue: hands out each request whose time is over, once", () => {
  const requests = new Requests();
  const first = requests.add(0, A, TASK);
  requests.add(10, B, TASK);
  assertEquals(requests.nextWakeup(), REQUEST_TIMEOUT_MS);
  assertEquals(requests.takeOverdue(REQUEST_TIMEOUT_MS - 1), []);
  assertEquals(requests.takeOverdue(REQUEST_TIMEOUT_MS).map(({ to }) => to), [A]);
  assertEquals(requests.take(first, A), undefined);
  assertEquals(requests.nextWakeup(), REQUEST_TIMEOUT_MS + 10);
  assertEquals(requests.takeOverdue(REQUEST_TIMEOUT_MS + 10).map(({ to }) => to), [B]);
  assertEquals(requests.takeOverdue(1e9), []);
});

Deno.test("Requests.handleGone: nothing is waited for from a node that is gone", () => {
  const requests = new Requests();
  const numbers = [A, B, A].map((to) => requests.add(0, to, TASK));
  requests.handleGone(A);
  assertEquals(requests.take(numbers[0] as number, A), undefined);
  assertEquals(requests.takeOverdue(REQUEST_TIMEOUT_MS).map(({ number }) => number), [numbers[1]]);
});

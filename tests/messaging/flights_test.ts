import { assertEquals } from "@std/assert";
import { randomInt, SeededRandom } from "../../src/base/random.ts";
import { type Flight, Flights } from "../../src/messaging/flights.ts";

function flight(sequence: number, bytes = 10): Flight {
  const sealed = new Uint8Array(bytes);
  const sent = { firstSentAt: 0, attempts: 1, path: [] };
  return { sequence, sealed, letters: [], isHeld: false, ...sent };
}

const numbersOf = (flights: Iterable<Flight>) => [...flights].map(({ sequence }) => sequence);

Deno.test("Flights: keeps envelopes in the order of their numbers, and counts what is in them", () => {
  for (let seed = 0; seed < 50; seed++) {
    const random = new SeededRandom(seed);
    const flights = new Flights();
    let model: Flight[] = [];
    for (let sequence = 0; sequence < 100; sequence++) {
      const added = flight(sequence, randomInt(random, 50));
      flights.add(added);
      model.push(added);
      const gone = model[randomInt(random, model.length)] as Flight;
      if (random.next() < 0.7) {
        flights.remove(gone);
        flights.remove(gone);
        model = model.filter((each) => each !== gone);
      }
      assertEquals(numbersOf(flights), numbersOf(model), `seed ${seed}`);
      assertEquals(flights.first, model[0]?.sequence, `seed ${seed}`);
      assertEquals(flights.size, model.length, `seed ${seed}`);
      assertEquals(flights.bytes, model.reduce((sum, { sealed }) => sum + sealed.length, 0));
      assertEquals(flights.get(gone.sequence), model.includes(gone) ? gone : undefined);
    }
    flights.clear();
    assertEquals([flights.size, flights.bytes, flights.first], [0, 0, undefined]);
  }
});

Deno.test("Flights: what the recipient holds is not missing", () => {
  const flights = new Flights();
  for (const sequence of [0, 1, 2, 3]) flights.add(flight(sequence));
  for (const held of [1, 3]) (flights.get(held) as Flight).isHeld = true;
  assertEquals(numbersOf(flights.missing()), [0, 2]);
});

Deno.test("Flights: may be removed while they are gone through", () => {
  const flights = new Flights();
  for (const sequence of [0, 1, 2, 3]) flights.add(flight(sequence));
  const seen: number[] = [];
  for (const each of flights) {
    seen.push(each.sequence);
    flights.remove(each);
  }
  assertEquals([seen, flights.size], [[0, 1, 2, 3], 0]);
});

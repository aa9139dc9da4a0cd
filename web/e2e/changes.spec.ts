import { expect, test } from "@playwright/test";
import { eventsOfRequest } from "../src/api/changes";
import type { Event, ScimRequest } from "../src/api/shapes";

const start = Date.parse("2026-01-01T00:00:00Z");
const time = (seconds: number) => new Date(start + seconds * 1000).toISOString();

/** A feed of one event a minute, the oldest of which are gone. */
const feed = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, n) => {
    const seq = from + n;
    return { seq, occurred_at: time(seq * 60), cause: { request_id: `req_${seq}` } } as Event;
  });

const reader = (events: Event[], asked: number[]) => async (after: number, limit: number) => {
  asked.push(after);
  return { items: events.filter(({ seq }) => seq > after).slice(0, limit), last_seq: events.at(-1)?.seq ?? 0 };
};

const requestAt = (seq: number) => ({ id: `req_${seq}`, time: time(seq * 60), duration_us: 1500 }) as ScimRequest;

for (const seq of [1, 2, 4711, 9999, 10_000]) {
  test(`the event of request ${seq} is found in few steps`, async () => {
    const asked: number[] = [];
    const found = await eventsOfRequest(requestAt(seq), reader(feed(1, 10_000), asked));
    expect(found.map((event) => event.seq)).toEqual([seq]);
    expect(asked.length).toBeLessThan(20);
  });
}

test("nothing is found in an empty feed, nor of events that are gone", async () => {
  expect(await eventsOfRequest(requestAt(5), reader([], []))).toEqual([]);
  expect(await eventsOfRequest(requestAt(5), reader(feed(100, 200), []))).toEqual([]);
});

import { useQuery } from "@tanstack/react-query";
import { api, ok } from "./http";
import type { Event, EventPage, ScimRequest } from "./shapes";

/** How far the clocks of a request's record and of its events may be apart. */
const slack = 10_000;
const pageSize = 500;
/** A bulk request changes at most this many resources that we look for. */
const pagesAtMost = 10;

/**
 * The events that one request caused. The feed is in the order of time, so the place where the request's moment begins
 * is found by halving; from there its events follow closely.
 */
export const useEventsOfRequest = (of: ScimRequest) =>
  useQuery({
    queryKey: ["requests", of.id, "events"],
    queryFn: ({ signal }) => eventsOfRequest(of, (after, limit) => read(after, limit, signal)),
    staleTime: Infinity,
  });

type Read = (after: number, limit: number) => Promise<Pick<EventPage, "items" | "last_seq">>;

const read = (after: number, limit: number, signal: AbortSignal) =>
  ok(api.GET("/api/v1/events", { params: { query: { after, limit } }, signal }));

export async function eventsOfRequest(of: ScimRequest, page: Read): Promise<Event[]> {
  const from = Date.parse(of.time) - slack;
  const to = Date.parse(of.time) + of.duration_us / 1000 + slack;
  let before = 0;
  let last = (await page(0, 1)).last_seq;
  while (before < last) {
    const middle = Math.floor((before + last) / 2);
    const [event] = (await page(middle, 1)).items;
    if (!event || Date.parse(event.occurred_at) >= from) last = middle;
    else before = event.seq;
  }
  const found: Event[] = [];
  for (let n = 0; n < pagesAtMost; n++) {
    const { items } = await page(before, pageSize);
    found.push(...items.filter((event) => event.cause?.request_id === of.id));
    const end = items.at(-1);
    if (!end || items.length < pageSize || Date.parse(end.occurred_at) > to) break;
    before = end.seq;
  }
  return found;
}

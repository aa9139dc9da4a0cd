import type { Receiver } from "../../api/shapes";

type Payload = Receiver["payload"];

const urn = "urn:ietf:params:scim:event:";

/** What a receiver can be told of, in the order of a life; the two that carry attributes come in two forms. */
export const topics = [
  { topic: "feed:add", text: "Added to the directory" },
  { topic: "prov:create", text: "Created" },
  { topic: "prov:patch", text: "Changed" },
  { topic: "prov:deactivate", text: "Deactivated" },
  { topic: "prov:activate", text: "Reactivated" },
  { topic: "prov:delete", text: "Deleted" },
  { topic: "misc:asyncresp", text: "Postponed request performed" },
] as const;

export type Topic = (typeof topics)[number]["topic"];

const inTwoForms: Topic[] = ["prov:create", "prov:patch"];

const eventURI = (topic: Topic, payload: Payload) =>
  `${urn}${topic}${inTwoForms.includes(topic) ? `:${payload}` : ""}`;

/** The topics that a receiver's event URIs stand for. */
export const topicsOf = ({ events, payload }: Pick<Receiver, "events" | "payload">): Topic[] =>
  topics.map(({ topic }) => topic).filter((topic) => events.includes(eventURI(topic, payload)));

/** The URIs to ask for: none where all are wanted, so that what is added later comes too. */
export const eventsOf = (wanted: Topic[], payload: Payload): string[] =>
  wanted.length === topics.length ? [] : wanted.map((topic) => eventURI(topic, payload));

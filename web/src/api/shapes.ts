import type { components } from "./schema";

type Schemas = components["schemas"];

/* The shapes of /api/v1 under the names that the console uses. Times are RFC 3339 in UTC. */

export type Me = Schemas["Me"];
export type Role = Me["role"];
export type HealthState = Schemas["Health"]["state"];
export type Token = Schemas["Token"];
export type Source = Schemas["Source"];
export type Policies = Schemas["Policies"];
export type Step = Schemas["Step"];
export type Preset = Schemas["Preset"];
export type User = Schemas["User"];
export type Group = Schemas["Group"];
export type Member = Schemas["Member"];
export type ScimRequest = Schemas["Request"];
export type ScimRequestDetail = Schemas["RequestDetail"];
export type AuditEntry = Schemas["AuditEntry"];
export type Admin = Schemas["Admin"];
export type ApiKey = Schemas["APIKey"];
export type Overview = Schemas["Overview"];
export type Receiver = Schemas["Receiver"];
export type EventPage = Schemas["EventPage"];
export type Event = Schemas["Event"];

/** One attribute's change, as events carry it. */
export interface Change {
  path: string;
  before?: unknown;
  after?: unknown;
}

/** An event's changes; the API's document leaves their shape open. */
export const changesOf = (event: Event) => (event.changes ?? []) as Change[];

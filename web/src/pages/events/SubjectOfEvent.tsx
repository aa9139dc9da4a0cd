import { Link } from "react-router";
import type { Event } from "../../api/shapes";

/** What the subject is called, by the event's own snapshot: it may be gone by now. */
export function subjectName(event: Event): string {
  const data = (event.data ?? {}) as Record<string, unknown>;
  for (const name of ["userName", "displayName", "user_name", "display_name"]) {
    if (typeof data[name] === "string" && data[name]) return data[name];
  }
  return event.subject.id;
}

export function SubjectOfEvent({ event }: { event: Event }) {
  const type = event.subject.type.toLowerCase();
  const name = subjectName(event);
  if (event.type.endsWith(".deleted") || (type !== "user" && type !== "group")) return <>{name}</>;
  return <Link to={`/directory/${type}s/${event.subject.id}`}>{name}</Link>;
}

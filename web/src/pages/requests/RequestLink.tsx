import { Link } from "react-router";
import type { Event } from "../../api/shapes";

/** The request that caused a change. Only those of identity providers have a record. */
export function RequestLink({ cause }: { cause: NonNullable<Event["cause"]> }) {
  if (!cause.request_id) return <>–</>;
  if (cause.kind !== "scim") return <code>{cause.request_id}</code>;
  return <Link to={`/events/requests?sel=${cause.request_id}`}>{cause.request_id}</Link>;
}

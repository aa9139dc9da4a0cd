import { Link } from "react-router";
import type { ScimRequest } from "../../api/shapes";

/** The resource that a request was about, by its name. */
export function SubjectLink({ request }: { request: ScimRequest }) {
  const name = request.subject || request.resource_id;
  if (!name) return <>–</>;
  if (!request.resource_id) return <>{name}</>;
  if (request.resource_type === "User") return <Link to={`/directory/users/${request.resource_id}`}>{name}</Link>;
  if (request.resource_type === "Group") return <Link to={`/directory/groups/${request.resource_id}`}>{name}</Link>;
  return <>{name}</>;
}

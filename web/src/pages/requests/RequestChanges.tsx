import type { ScimRequestDetail } from "../../api/types";

export function RequestChanges({ request }: { request: ScimRequestDetail }) {
  return <p>{request.outcome}</p>;
}

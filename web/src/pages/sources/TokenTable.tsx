import { Label } from "@patternfly/react-core";
import { CheckCircleIcon, BanIcon, OutlinedClockIcon } from "@patternfly/react-icons";
import type { Token } from "../../api/shapes";
import { RelativeTime } from "../../components/RelativeTime";
import { ResourceTable } from "../../components/ResourceTable";
import { tokenState } from "./tokens";

export function TokenStateLabel({ token }: { token: Token }) {
  const state = tokenState(token);
  const look = {
    Valid: { color: "green", icon: <CheckCircleIcon /> },
    Expired: { color: "orange", icon: <OutlinedClockIcon /> },
    Revoked: { color: "grey", icon: <BanIcon /> },
  } as const;
  return (
    <Label isCompact {...look[state]}>
      {state}
    </Label>
  );
}

/** All tokens of one source, the revoked ones included. */
export function TokenTable({ tokens }: { tokens: Token[] }) {
  return (
    <ResourceTable
      what="tokens"
      answer={{ data: { items: tokens }, error: null, refetch: () => undefined }}
      rowKey={(token) => token.id}
      columns={[
        { title: "Token", cell: (token) => <code>••••{token.last4}</code>, wrap: "nowrap" },
        { title: "State", cell: (token) => <TokenStateLabel token={token} /> },
        { title: "Created", cell: (token) => <RelativeTime at={token.created_at} /> },
        { title: "Last used", cell: (token) => <RelativeTime at={token.last_used_at} /> },
        { title: "Expires", cell: (token) => <RelativeTime at={token.revoked_at ?? token.expires_at} /> },
      ]}
      empty={<p className="roster-muted">This source has no token. Rotate the token under Settings to make one.</p>}
    />
  );
}

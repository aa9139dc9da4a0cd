import { PageSection } from "@patternfly/react-core";
import { KeyIcon } from "@patternfly/react-icons";
import { useState } from "react";
import { revealToken, useRevokeToken, useTokens } from "../../api/sources";
import type { Token } from "../../api/shapes";
import { ActionButton } from "../../components/ActionButton";
import { ConfirmDialog } from "../../components/ConfirmDialog";
import { CopyTokenButton } from "../../components/CopyTokenButton";
import { EmptyState } from "../../components/EmptyState";
import { useListState } from "../../components/listState";
import { PageHeader } from "../../components/PageHeader";
import { RelativeTime } from "../../components/RelativeTime";
import { ResourceTable, type Column } from "../../components/ResourceTable";
import { SourceLink } from "../../components/SourceLink";
import { useToasts } from "../../components/Toasts";
import { TokenStateLabel } from "../sources/TokenTable";
import { tokenState } from "../sources/tokens";

export function Tokens() {
  const list = useListState([]);
  const [revoking, setRevoking] = useState<Token>();
  const columns: Column<Token>[] = [
    {
      title: "Service account",
      cell: (token) => (
        <>
          {token.service_account}
          <code className="roster-muted roster-block">••••{token.last4}</code>
        </>
      ),
      wrap: "breakWord",
    },
    { title: "Source", cell: (token) => <SourceLink slug={token.source} />, wrap: "breakWord" },
    { title: "State", cell: (token) => <TokenStateLabel token={token} /> },
    { title: "Created", cell: (token) => <RelativeTime at={token.created_at} />, wrap: "nowrap" },
    { title: "Last used", cell: (token) => <RelativeTime at={token.last_used_at} />, wrap: "nowrap" },
    { title: "Expires", cell: (token) => <RelativeTime at={token.expires_at} />, wrap: "nowrap" },
    { title: "Actions", cell: (token) => <Actions token={token} onRevoke={setRevoking} />, hiddenTitle: true },
  ];
  return (
    <>
      <PageHeader
        title="Tokens and App passwords"
        subtitle="Every token that an identity provider can use. Each copy is recorded in the log."
      />
      <PageSection>
        <ResourceTable
          what="tokens"
          answer={useTokens(list.query)}
          columns={columns}
          rowKey={(token) => token.id}
          list={list}
          empty={
            <EmptyState icon={KeyIcon} title="No tokens yet">
              A token is made together with a source.
            </EmptyState>
          }
        />
      </PageSection>
      {revoking && <Revoke token={revoking} onClose={() => setRevoking(undefined)} />}
    </>
  );
}

function Actions({ token, onRevoke }: { token: Token; onRevoke(token: Token): void }) {
  if (tokenState(token) !== "Valid") return null;
  const name = `${token.source} ending in ${token.last4}`;
  return (
    <span className="roster-row-actions">
      <CopyTokenButton
        variant="link"
        isInline
        text="Copy token"
        label={`Copy token of ${name}`}
        reveal={() => revealToken(token.id)}
      />
      <ActionButton
        needs="see or rotate tokens"
        variant="link"
        isInline
        isDanger
        aria-label={`Revoke token of ${name}`}
        onClick={() => onRevoke(token)}
      >
        Revoke
      </ActionButton>
    </span>
  );
}

function Revoke({ token, onClose }: { token: Token; onClose(): void }) {
  const revoke = useRevokeToken();
  const toasts = useToasts();
  return (
    <ConfirmDialog
      title={`Revoke the token ending in ${token.last4}?`}
      act="Revoke token"
      busy={revoke.isPending}
      onClose={onClose}
      onConfirm={() =>
        revoke.mutate(token.id, {
          onSuccess: () => toasts.success("Token revoked"),
          onError: (cause) => toasts.failure("The token could not be revoked", cause),
          onSettled: onClose,
        })
      }
    >
      The identity provider of source {token.source} gets 401 with this token from then on. This cannot be undone.
      {token.last_used_at ? (
        <>
          {" "}
          It was last used <RelativeTime at={token.last_used_at} />.
        </>
      ) : (
        " It has never been used."
      )}
    </ConfirmDialog>
  );
}

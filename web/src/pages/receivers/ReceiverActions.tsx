import { useState } from "react";
import { useNavigate } from "react-router";
import { useChangeReceiver, useDeleteReceiver, useRotateReceiverToken } from "../../api/receivers";
import type { Receiver } from "../../api/shapes";
import { ActionButton } from "../../components/ActionButton";
import { ConfirmDialog } from "../../components/ConfirmDialog";
import { plural } from "../../components/format";
import { SecretDialog } from "../../components/SecretDialog";
import { useToasts } from "../../components/Toasts";
import { EditReceiver } from "./EditReceiver";

const needs = "manage event receivers";

export function ReceiverActions({ receiver }: { receiver: Receiver }) {
  const [open, setOpen] = useState<"edit" | "rotate" | "delete">();
  const change = useChangeReceiver(receiver.id);
  const toasts = useToasts();
  const close = () => setOpen(undefined);
  const { name, enabled } = receiver;
  const toggle = () =>
    change.mutate(
      { enabled: !enabled },
      {
        onSuccess: () => toasts.success(enabled ? `${name} disabled` : `${name} enabled`),
        onError: (cause) => toasts.failure("The receiver could not be changed", cause),
      },
    );
  return (
    <span className="roster-actions">
      <ActionButton needs={needs} variant="secondary" onClick={() => setOpen("edit")}>
        Edit
      </ActionButton>
      <ActionButton needs={needs} variant="secondary" isLoading={change.isPending} onClick={toggle}>
        {enabled ? "Disable" : "Enable"}
      </ActionButton>
      {receiver.kind === "poll" && (
        <ActionButton needs={needs} variant="secondary" onClick={() => setOpen("rotate")}>
          Rotate token
        </ActionButton>
      )}
      <ActionButton needs={needs} variant="secondary" isDanger onClick={() => setOpen("delete")}>
        Delete
      </ActionButton>
      {open === "edit" && <EditReceiver receiver={receiver} onClose={close} />}
      {open === "rotate" && <Rotate receiver={receiver} onClose={close} />}
      {open === "delete" && <Remove receiver={receiver} onClose={close} />}
    </span>
  );
}

interface Props {
  receiver: Receiver;
  onClose(): void;
}

function Rotate({ receiver, onClose }: Props) {
  const rotate = useRotateReceiverToken(receiver.id);
  const toasts = useToasts();
  if (rotate.data) {
    return (
      <SecretDialog title={`New token of ${receiver.name}`} label="Token" secret={rotate.data.token} onClose={onClose}>
        Give it to the application now: it is shown this once only.
      </SecretDialog>
    );
  }
  return (
    <ConfirmDialog
      title={`Rotate the token of ${receiver.name}?`}
      act="Rotate token"
      busy={rotate.isPending}
      onClose={onClose}
      onConfirm={() =>
        rotate.mutate(undefined, {
          onError: (cause) => {
            toasts.failure("The token could not be rotated", cause);
            onClose();
          },
        })
      }
    >
      The present token ends at once: the application gets 401 until it has the new one. No event is lost meanwhile.
    </ConfirmDialog>
  );
}

function Remove({ receiver, onClose }: Props) {
  const remove = useDeleteReceiver(receiver.id);
  const navigate = useNavigate();
  const toasts = useToasts();
  return (
    <ConfirmDialog
      title={`Delete receiver ${receiver.name}?`}
      act="Delete receiver"
      busy={remove.isPending}
      onClose={onClose}
      onConfirm={() =>
        remove.mutate(undefined, {
          onSuccess: () => {
            toasts.success(`Receiver ${receiver.name} deleted`);
            navigate("/events/receivers");
          },
          onError: (cause) => {
            toasts.failure("The receiver could not be deleted", cause);
            onClose();
          },
        })
      }
    >
      The application is told nothing more.{" "}
      {receiver.behind > 0 && `${plural(receiver.behind, "event")} that it has not got yet will not reach it. `}
      This cannot be undone.
    </ConfirmDialog>
  );
}

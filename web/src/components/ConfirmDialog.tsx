import { Button, Modal, ModalBody, ModalFooter, ModalHeader } from "@patternfly/react-core";
import { useId, type ReactNode } from "react";

interface Props {
  title: string;
  /** What happens to whom. */
  children: ReactNode;
  /** The verb on the button that does it. */
  act: string;
  busy?: boolean;
  blocked?: boolean;
  onConfirm(): void;
  onClose(): void;
}

/** Asks before something is lost. The safe way out has the focus first. */
export function ConfirmDialog({ title, children, act, busy, blocked, onConfirm, onClose }: Props) {
  const id = useId();
  return (
    <Modal isOpen variant="small" onClose={onClose} aria-labelledby={`${id}-title`} elementToFocus={`[id="${id}-cancel"]`}>
      <ModalHeader title={title} labelId={`${id}-title`} titleIconVariant="warning" />
      <ModalBody>{children}</ModalBody>
      <ModalFooter>
        <Button variant="danger" isLoading={busy} isDisabled={busy || blocked} onClick={onConfirm}>
          {act}
        </Button>
        <Button id={`${id}-cancel`} variant="secondary" onClick={onClose}>
          Cancel
        </Button>
      </ModalFooter>
    </Modal>
  );
}

import { Modal, ModalBody, ModalHeader } from "@patternfly/react-core";
import { useId, type ReactNode } from "react";

/** Details of one row, over the right of the page: keeps the focus inside, Esc closes, the focus goes back. */
export function SidePanel({ title, onClose, children }: { title: ReactNode; onClose(): void; children: ReactNode }) {
  const id = useId();
  return (
    <Modal isOpen className="roster-side-panel" onClose={onClose} aria-labelledby={id} backdropClassName="roster-side-backdrop">
      <ModalHeader title={title} labelId={id} />
      <ModalBody tabIndex={0} aria-label="Details">
        {children}
      </ModalBody>
    </Modal>
  );
}

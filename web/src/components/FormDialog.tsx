import { Alert, Button, Form, Modal, ModalBody, ModalFooter, ModalHeader } from "@patternfly/react-core";
import { useId, type ReactNode } from "react";
import { ApiError } from "../api/http";

interface Props {
  title: string;
  act: string;
  busy: boolean;
  /** What the server said to the last attempt. Members named in `fields` are shown at their fields instead. */
  error: unknown;
  fields: string[];
  children: ReactNode;
  onSubmit(): void;
  onClose(): void;
}

/** A short form in a dialog. */
export function FormDialog({ title, act, busy, error, fields, children, onSubmit, onClose }: Props) {
  const id = useId();
  const problem = error instanceof ApiError ? error : undefined;
  const elsewhere = problem && !fields.some((name) => problem.field(name));
  return (
    <Modal isOpen variant="small" onClose={onClose} aria-labelledby={`${id}-title`} elementToFocus={`[id="${id}"] input`}>
      <ModalHeader title={title} labelId={`${id}-title`} />
      <ModalBody>
        <Form
          id={id}
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            onSubmit();
          }}
        >
          {elsewhere && (
            <Alert isInline variant="danger" title={problem.title}>
              {problem.detail}
            </Alert>
          )}
          {children}
        </Form>
      </ModalBody>
      <ModalFooter>
        <Button type="submit" form={id} isLoading={busy} isDisabled={busy}>
          {act}
        </Button>
        <Button variant="link" onClick={onClose}>
          Cancel
        </Button>
      </ModalFooter>
    </Modal>
  );
}

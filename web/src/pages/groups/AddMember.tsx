import { Button, Modal, ModalBody, ModalFooter, ModalHeader, SearchInput } from "@patternfly/react-core";
import { useDeferredValue, useId, useState } from "react";
import { useMembership, useUsers } from "../../api/directory";
import type { Group, User } from "../../api/shapes";
import { ResourceTable } from "../../components/ResourceTable";
import { useToasts } from "../../components/Toasts";

/** Finds users made by hand and puts them into a group made by hand: a group holds members of its own source only. */
export function AddMember({ group, onClose }: { group: Group; onClose(): void }) {
  const id = useId();
  const [text, setText] = useState("");
  const q = useDeferredValue(text);
  const users = useUsers({ q, source: "built-in", limit: 10 });
  const membership = useMembership(group.id);
  const toasts = useToasts();
  const add = (user: User) =>
    membership.mutate(
      { act: "add", user: user.id },
      {
        onSuccess: () => toasts.success(`${user.user_name} added to ${group.display_name}`),
        onError: (cause) => toasts.failure("The member could not be added", cause),
      },
    );
  return (
    <Modal isOpen variant="medium" onClose={onClose} aria-labelledby={id} elementToFocus={`[id="${id}-body"] input`}>
      <ModalHeader title={`Add members to ${group.display_name}`} labelId={id} />
      <ModalBody id={`${id}-body`}>
        <SearchInput
          aria-label="Find users made by hand"
          placeholder="Find users made by hand"
          value={text}
          onChange={(_, value) => setText(value)}
          onClear={() => setText("")}
        />
        <ResourceTable
          what="users"
          answer={users}
          rowKey={(user) => user.id}
          columns={[
            { title: "Username", cell: (user) => user.user_name, wrap: "breakWord" },
            { title: "Display name", cell: (user) => user.display_name || "–", wrap: "breakWord" },
            {
              title: "Actions",
              hiddenTitle: true,
              cell: (user) => (
                <Button variant="link" isInline aria-label={`Add ${user.user_name}`} onClick={() => add(user)}>
                  Add
                </Button>
              ),
            },
          ]}
          empty={<p className="roster-muted roster-panel-part">No user made by hand fits.</p>}
        />
      </ModalBody>
      <ModalFooter>
        <Button variant="secondary" onClick={onClose}>
          Done
        </Button>
      </ModalFooter>
    </Modal>
  );
}

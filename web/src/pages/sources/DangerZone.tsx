import { Card, CardBody, CardTitle } from "@patternfly/react-core";
import { useState } from "react";
import type { Source } from "../../api/shapes";
import { ActionButton } from "../../components/ActionButton";
import { DeleteSource } from "./DeleteSource";
import { RotateToken } from "./RotateToken";

export function DangerZone({ source }: { source: Source }) {
  const [open, setOpen] = useState<"rotate" | "delete">();
  const close = () => setOpen(undefined);
  return (
    <Card>
      <CardTitle component="h2">Danger zone</CardTitle>
      <CardBody>
        <ul className="roster-danger">
          <li>
            <span>
              <strong>Rotate token</strong>
              <span className="roster-muted roster-block">Make a new token; the old one can stay valid for a while.</span>
            </span>
            <ActionButton needs="see or rotate tokens" variant="secondary" onClick={() => setOpen("rotate")}>
              Rotate token
            </ActionButton>
          </li>
          <li>
            <span>
              <strong>Delete source</strong>
              <span className="roster-muted roster-block">
                Its address and tokens end at once. You choose what becomes of its users.
              </span>
            </span>
            <ActionButton needs="delete sources" variant="danger" onClick={() => setOpen("delete")}>
              Delete source
            </ActionButton>
          </li>
        </ul>
      </CardBody>
      {open === "rotate" && <RotateToken source={source} onClose={close} />}
      {open === "delete" && <DeleteSource source={source} onClose={close} />}
    </Card>
  );
}

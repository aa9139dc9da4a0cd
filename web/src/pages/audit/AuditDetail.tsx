import { Button } from "@patternfly/react-core";
import { useState } from "react";
import type { AuditEntry } from "../../api/shapes";
import { Facts } from "../../components/Facts";
import { fullTime, sentence } from "../../components/format";
import { JsonView } from "../../components/JsonView";
import { SidePanel } from "../../components/SidePanel";
import { SourceLink } from "../../components/SourceLink";

/** A button, and all that the log knows of one act. */
export function AuditDetail({ entry }: { entry: AuditEntry }) {
  const [open, setOpen] = useState(false);
  const { actor, object } = entry;
  return (
    <>
      <Button
        variant="link"
        isInline
        aria-label={`Details of entry ${entry.seq}: ${sentence(entry.action)}`}
        onClick={() => setOpen(true)}
      >
        Details
      </Button>
      {open && (
        <SidePanel title={sentence(entry.action)} onClose={() => setOpen(false)}>
          <div className="roster-stack roster-panel-part">
            <Facts
              facts={[
                ["Time", fullTime(new Date(entry.time))],
                ["User", actor.name || actor.id],
                ["Acting as", actor.kind],
                ["Object", object.name],
                ["Object type", object.type && sentence(object.type)],
                ["Object ID", object.id && <code key="object">{object.id}</code>],
                ["Source", entry.source && <SourceLink key="source" slug={entry.source} />],
                ["Client IP", entry.client_ip],
                ["Request ID", entry.request_id && <code key="request">{entry.request_id}</code>],
                ["Number", entry.seq],
              ]}
            />
            {entry.detail !== undefined && entry.detail !== null && <JsonView label="Details" value={entry.detail} />}
          </div>
        </SidePanel>
      )}
    </>
  );
}

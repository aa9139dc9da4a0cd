import type { Change } from "../api/shapes";
import { ResourceTable } from "./ResourceTable";

/** What each attribute was, and what it became. */
export function ChangesTable({ changes }: { changes: Change[] }) {
  return (
    <ResourceTable
      what="changes"
      answer={{ data: { items: changes }, error: null, refetch: () => undefined }}
      rowKey={(change) => change.path}
      columns={[
        { title: "Attribute", cell: (change) => <code>{change.path}</code>, wrap: "breakWord" },
        { title: "Before", cell: (change) => <Value value={change.before} />, wrap: "breakWord" },
        { title: "After", cell: (change) => <Value value={change.after} />, wrap: "breakWord" },
      ]}
      empty={<p className="roster-muted">No attribute changed.</p>}
    />
  );
}

function Value({ value }: { value: unknown }) {
  if (value === undefined || value === null) return <span className="roster-muted">none</span>;
  return <>{typeof value === "string" ? value : JSON.stringify(value)}</>;
}

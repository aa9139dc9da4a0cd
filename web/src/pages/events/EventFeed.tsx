import { Button, PageSection } from "@patternfly/react-core";
import { StreamIcon } from "@patternfly/react-icons";
import { useSearchParams } from "react-router";
import { useEvents } from "../../api/activity";
import type { Event } from "../../api/shapes";
import { EmptyState } from "../../components/EmptyState";
import { count, sentence } from "../../components/format";
import { PageHeader } from "../../components/PageHeader";
import { RelativeTime } from "../../components/RelativeTime";
import { ResourceTable, type Column } from "../../components/ResourceTable";
import { SourceLink } from "../../components/SourceLink";
import { EventPanel } from "./EventPanel";
import { subjectName, SubjectOfEvent } from "./SubjectOfEvent";

const pageSize = 50;

/**
 * The feed as applications read it, newest first. Its numbers have no gaps, so that a page is known by its highest
 * number alone.
 */
export function EventFeed() {
  const [params, setParams] = useSearchParams();
  const newest = useEvents({ limit: 1 });
  const last = newest.data?.last_seq ?? 0;
  const top = Number(params.get("before")) || last;
  const answer = useEvents({ after: Math.max(0, top - pageSize), limit: Math.min(pageSize, Math.max(1, top)) });
  const change = (name: string, value?: string | number) => {
    const next = new URLSearchParams(params);
    if (value === undefined) next.delete(name);
    else next.set(name, String(value));
    setParams(next);
  };
  const items = answer.data?.items?.filter((event) => event.seq <= top).reverse();
  const chosen = items?.find((event) => String(event.seq) === params.get("sel"));
  const columns: Column<Event>[] = [
    { title: "Number", cell: (event) => count(event.seq), wrap: "nowrap" },
    {
      title: "Event",
      cell: (event) => (
        <Button variant="link" isInline className="roster-row-button" onClick={() => change("sel", event.seq)}>
          {sentence(event.type)}
          <span className="pf-v6-screen-reader">: {subjectName(event)}</span>
        </Button>
      ),
      wrap: "nowrap",
    },
    { title: "Subject", cell: (event) => <SubjectOfEvent event={event} />, wrap: "breakWord" },
    { title: "Source", cell: (event) => <SourceLink slug={event.source} />, wrap: "breakWord" },
    { title: "Time", cell: (event) => <RelativeTime at={event.occurred_at} />, wrap: "nowrap" },
    { title: "By", cell: (event) => event.cause?.actor || event.cause?.kind || "–", wrap: "breakWord" },
  ];
  return (
    <>
      <PageHeader
        title="Change feed"
        subtitle="Every change of the directory, numbered without gaps. Applications read the same under /api/v1/events."
      />
      <PageSection>
        <ResourceTable
          what="events"
          answer={{
            data: items && newest.data ? { items } : undefined,
            error: newest.error ?? answer.error,
            refetch: () => void (newest.refetch(), answer.refetch()),
          }}
          columns={columns}
          rowKey={(event) => String(event.seq)}
          empty={
            <EmptyState icon={StreamIcon} title="No changes yet">
              As soon as a user or group is created, changed or deleted, the change appears here.
            </EmptyState>
          }
        />
        {items && items.length > 0 && (
          <nav className="roster-pager" aria-label="Pages of events">
            <span role="status">
              {count(items.at(-1)?.seq ?? 0)}–{count(items[0]?.seq ?? 0)} of {count(last)}
            </span>
            <Button variant="secondary" size="sm" isDisabled={top >= last} onClick={() => newer()}>
              Newer
            </Button>
            {/* Old events are deleted after their time: a short page is the last. */}
            <Button variant="secondary" size="sm" isDisabled={items.length < pageSize} onClick={() => change("before", top - pageSize)}>
              Older
            </Button>
          </nav>
        )}
      </PageSection>
      {chosen && <EventPanel event={chosen} onClose={() => change("sel")} />}
    </>
  );

  function newer() {
    change("before", top + pageSize >= last ? undefined : top + pageSize);
  }
}

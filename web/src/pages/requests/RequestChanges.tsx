import { Title } from "@patternfly/react-core";
import { useEventsOfRequest } from "../../api/changes";
import { changesOf, type ScimRequestDetail } from "../../api/shapes";
import { ChangesTable } from "../../components/ChangesTable";
import { LoadError } from "../../components/EmptyState";
import { sentence } from "../../components/format";
import { Loading } from "../../components/Loading";
import { SubjectOfEvent } from "../events/SubjectOfEvent";

const changing = ["created", "updated", "deleted"];

/** What became different in the directory. */
export function RequestChanges({ request }: { request: ScimRequestDetail }) {
  return (
    <div className="roster-stack roster-panel-part">
      {changing.includes(request.outcome ?? "") || request.path.includes("/Bulk") ? (
        <Changes request={request} />
      ) : (
        <p className="roster-muted">This request changed nothing.</p>
      )}
    </div>
  );
}

function Changes({ request }: { request: ScimRequestDetail }) {
  const answer = useEventsOfRequest(request);
  if (!answer.data) {
    return answer.error ? (
      <LoadError error={answer.error} what="the changes" onRetry={() => answer.refetch()} />
    ) : (
      <Loading what="the changes" />
    );
  }
  if (answer.data.length === 0) {
    return <p className="roster-muted">No event of this request is in the feed any more.</p>;
  }
  return answer.data.map((event) => (
    <section key={event.seq}>
      <Title headingLevel="h2" size="md">
        {sentence(event.type)}: <SubjectOfEvent event={event} />
      </Title>
      <ChangesTable changes={changesOf(event)} />
    </section>
  ));
}

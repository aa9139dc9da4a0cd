import { PageSection } from "@patternfly/react-core";
import { PluggedIcon } from "@patternfly/react-icons";
import { Link, useNavigate } from "react-router";
import { usePresets, useSources } from "../../api/sources";
import type { Source } from "../../api/shapes";
import { ActionButton } from "../../components/ActionButton";
import { EmptyState } from "../../components/EmptyState";
import { count } from "../../components/format";
import { PageHeader } from "../../components/PageHeader";
import { RelativeTime } from "../../components/RelativeTime";
import { ResourceTable, type Column } from "../../components/ResourceTable";
import { HealthLabel } from "../../components/StatusLabels";
import { PresetLinks } from "./PresetLinks";
import { PresetMark } from "./PresetMark";
import { sourcePath } from "./path";

export function SourceList() {
  const sources = useSources();
  const presets = usePresets().data ?? [];
  const navigate = useNavigate();
  const presetName = (id: string) => presets.find((preset) => preset.id === id)?.name ?? "Generic SCIM 2.0";
  const columns: Column<Source>[] = [
    {
      title: "Name",
      cell: (source) => (
        <span className="roster-tile-title">
          <PresetMark id={source.preset} name={presetName(source.preset)} />
          <span>
            <Link to={sourcePath(source.slug)}>{source.name}</Link>
            <span className="roster-muted roster-block">{source.slug}</span>
          </span>
        </span>
      ),
    },
    { title: "Type", cell: () => "SCIM Source", wrap: "nowrap" },
    {
      title: "Health",
      cell: (source) => (
        <>
          <HealthLabel state={source.health.state} enabled={source.enabled} />
          <span className="roster-muted roster-block">{source.health.reason}</span>
        </>
      ),
    },
    { title: "Last request", cell: (source) => <RelativeTime at={source.last_request_at} />, wrap: "nowrap" },
    {
      title: "Users",
      cell: (source) => <Link to={sourcePath(source.slug, "users")}>{count(source.user_count)}</Link>,
    },
    {
      title: "Groups",
      cell: (source) => <Link to={sourcePath(source.slug, "groups")}>{count(source.group_count)}</Link>,
    },
  ];
  return (
    <>
      <PageHeader
        title="Federation & Social login"
        subtitle="Sources of identities: identity providers that push users and groups into this directory."
        actions={
          <ActionButton needs="change sources" onClick={() => navigate("/directory/federation/new")}>
            Create
          </ActionButton>
        }
      />
      <PageSection>
        <ResourceTable
          what="sources"
          answer={sources}
          columns={columns}
          rowKey={(source) => source.id}
          empty={
            <EmptyState icon={PluggedIcon} title="No sources yet">
              <p>A source gives one identity provider an address and a token. Choose yours to begin.</p>
              <PresetLinks />
            </EmptyState>
          }
        />
      </PageSection>
    </>
  );
}

import { Alert, Button, Card, CardBody, CardTitle, Form, FormGroup, PageSection, Switch, TextInput } from "@patternfly/react-core";
import { useState } from "react";
import { useNavigate } from "react-router";
import { ApiError } from "../../api/http";
import { useMay } from "../../api/permissions";
import { useUpdateSource } from "../../api/sources";
import type { Source } from "../../api/shapes";
import { ActionButton } from "../../components/ActionButton";
import { FieldHelp } from "../../components/FieldHelp";
import { useToasts } from "../../components/Toasts";
import { DangerZone } from "./DangerZone";
import { PolicyFields } from "./PolicyFields";
import { sourcePath } from "./path";
import { useThisSource } from "./SourcePage";

export function SourceSettings() {
  const source = useThisSource();
  return (
    <PageSection>
      <div className="roster-stack roster-narrow">
        <SettingsForm key={source.id} source={source} />
        <DangerZone source={source} />
      </div>
    </PageSection>
  );
}

function SettingsForm({ source }: { source: Source }) {
  const [draft, setDraft] = useState(() => editable(source));
  const update = useUpdateSource(source.slug);
  const navigate = useNavigate();
  const toasts = useToasts();
  const readOnly = !useMay("change sources");
  const set = (part: Partial<typeof draft>) => setDraft({ ...draft, ...part });
  const changed = JSON.stringify(draft) !== JSON.stringify(editable(source));
  const problem = update.error instanceof ApiError ? update.error : undefined;
  const slugError = problem?.field("slug") ?? (problem?.status === 409 ? problem.detail : undefined);
  const nameError = problem?.field("name");
  const save = () =>
    update.mutate(draft, {
      onSuccess: (saved) => {
        setDraft(editable(saved));
        toasts.success("Settings saved");
        if (saved.slug !== source.slug) navigate(sourcePath(saved.slug, "settings"), { replace: true });
      },
    });
  return (
    <Card>
      <CardTitle component="h2">Settings</CardTitle>
      <CardBody>
        <Form
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            save();
          }}
        >
          {problem && !slugError && !nameError && (
            <Alert isInline variant="danger" title="The settings could not be saved">
              {problem.detail || problem.title}
            </Alert>
          )}
          <FormGroup label="Name" fieldId="name">
            <TextInput
              id="name"
              isRequired
              isDisabled={readOnly}
              value={draft.name}
              validated={nameError ? "error" : "default"}
              aria-describedby="name-help"
              onChange={(_, name) => set({ name })}
            />
            <FieldHelp id="name-help" error={nameError} />
          </FormGroup>
          <FormGroup label="Slug" fieldId="slug">
            <TextInput
              id="slug"
              isRequired
              isDisabled={readOnly}
              value={draft.slug}
              validated={slugError ? "error" : "default"}
              aria-describedby="slug-help"
              className="roster-mono"
              onChange={(_, slug) => set({ slug })}
            />
            <FieldHelp id="slug-help" error={slugError}>
              {draft.slug === source.slug
                ? "Part of the SCIM Base URL."
                : "A new slug changes the SCIM Base URL: enter the new one in the identity provider as well."}
            </FieldHelp>
          </FormGroup>
          <Switch
            id="enabled"
            label="Enabled"
            isDisabled={readOnly}
            isChecked={draft.enabled}
            onChange={(_, enabled) => set({ enabled })}
          />
          <p className="roster-muted roster-below">
            While a source is disabled, its endpoint answers 503 with Retry-After, and identity providers try again
            later. Users and groups stay as they are.
          </p>
          <PolicyFields disabled={readOnly} policies={draft.policies} onChange={(policies) => set({ policies })} />
          <div className="roster-actions">
            <ActionButton
              needs="change sources"
              type="submit"
              isLoading={update.isPending}
              isDisabled={!changed || update.isPending || !draft.name.trim()}
            >
              Save
            </ActionButton>
            {changed && (
              <Button variant="link" onClick={() => setDraft(editable(source))}>
                Discard changes
              </Button>
            )}
          </div>
        </Form>
      </CardBody>
    </Card>
  );
}

const editable = ({ name, slug, enabled, policies }: Source) => ({ name, slug, enabled, policies: policies ?? {} });

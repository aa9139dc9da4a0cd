import {
  Alert,
  Button,
  ExpandableSection,
  Form,
  FormGroup,
  PageSection,
  TextInput,
} from "@patternfly/react-core";
import { useEffect, useRef, useState } from "react";
import { useNavigate, useSearchParams } from "react-router";
import { ApiError } from "../../../api/http";
import { useCreateSource, usePresets } from "../../../api/sources";
import { FieldHelp } from "../../../components/FieldHelp";
import { RadioCards } from "../../../components/RadioCards";
import { PolicyFields } from "../PolicyFields";
import { PresetMark } from "../PresetMark";
import { useNameForm } from "./nameForm";
import { StepFooter } from "./StepFooter";

/** What the slug must look like; the server checks the same. */
const slugPattern = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/;

export function NameStep() {
  const navigate = useNavigate();
  const [params] = useSearchParams();
  const presets = usePresets().data ?? [];
  const create = useCreateSource();
  const form = useNameForm(presets, params.get("preset") ?? "");
  const [tried, setTried] = useState(false);
  const [advanced, setAdvanced] = useState(false);
  const nameInput = useRef<HTMLInputElement>(null);
  const slugInput = useRef<HTMLInputElement>(null);
  useEffect(() => nameInput.current?.focus(), []);

  const server = create.error instanceof ApiError ? create.error : undefined;
  const nameError = (tried && !form.name.trim() ? "Give the source a name." : undefined) ?? server?.field("name");
  const slugError =
    (tried && form.slug && !slugPattern.test(form.slug)
      ? "Use small letters, digits, and dashes between them."
      : undefined) ?? (server?.field("slug") || (server?.status === 409 ? server.detail : undefined));

  const submit = () => {
    setTried(true);
    if (!form.name.trim()) return nameInput.current?.focus();
    if (form.slug && !slugPattern.test(form.slug)) return slugInput.current?.focus();
    create.mutate(
      // Without a slug, as after a name in another script, the server finds one.
      { name: form.name.trim(), slug: form.slug || undefined, preset: form.preset || undefined, policies: form.policies },
      {
        onSuccess: (source) =>
          navigate(`?step=connect&source=${encodeURIComponent(source.slug)}`, { replace: true }),
        onError: (cause) => {
          if (cause instanceof ApiError && (cause.status === 409 || cause.field("slug"))) slugInput.current?.focus();
        },
      },
    );
  };

  return (
    <>
      <PageSection isFilled>
        <Form
          id="name-form"
          noValidate
          className="roster-wizard-form"
          onSubmit={(event) => {
            event.preventDefault();
            submit();
          }}
        >
          {server && !nameError && !slugError && (
            <Alert isInline variant="danger" title="The source could not be created">
              {server.detail || server.title}
            </Alert>
          )}
          <FormGroup label="Name" fieldId="source-name">
            <TextInput
              id="source-name"
              ref={nameInput}
              isRequired
              maxLength={200}
              value={form.name}
              validated={nameError ? "error" : "default"}
              aria-describedby="source-name-help"
              onChange={(_, value) => form.setName(value)}
            />
            <FieldHelp id="source-name-help" error={nameError}>
              How you call this identity provider, such as “Okta” or “Contractors”.
            </FieldHelp>
          </FormGroup>
          <FormGroup label="Slug" fieldId="source-slug">
            <TextInput
              id="source-slug"
              ref={slugInput}
              isRequired
              maxLength={63}
              value={form.slug}
              validated={slugError ? "error" : "default"}
              aria-describedby="source-slug-help"
              className="roster-mono"
              onChange={(_, value) => form.setSlug(value)}
            />
            <FieldHelp id="source-slug-help" error={slugError}>
              Part of the address that the identity provider gets:{" "}
              <span className="roster-mono">
                {window.location.origin}/source/scim/<strong>{form.slug || "…"}</strong>/v2
              </span>
            </FieldHelp>
          </FormGroup>
          <FormGroup label="Identity provider">
            <RadioCards
              label="Identity provider"
              value={form.preset}
              onChange={form.setPreset}
              choices={presets.map(({ id, name, description }) => ({
                value: id,
                title: name,
                description,
                mark: <PresetMark id={id} name={name} />,
              }))}
            />
          </FormGroup>
          <ExpandableSection
            toggleText="Advanced settings"
            isExpanded={advanced}
            onToggle={(_, expanded) => setAdvanced(expanded)}
          >
            {advanced && (
              <div className="roster-stack">
                <p className="roster-muted">What you leave alone follows the identity provider chosen above.</p>
                <PolicyFields policies={form.policies ?? {}} onChange={form.setPolicies} />
              </div>
            )}
          </ExpandableSection>
        </Form>
      </PageSection>
      <StepFooter>
        <Button type="submit" form="name-form" isLoading={create.isPending} isDisabled={create.isPending}>
          Next
        </Button>
        <Button variant="secondary" onClick={() => navigate("?step=type")}>
          Back
        </Button>
        <Button variant="link" onClick={() => navigate("/directory/federation")}>
          Cancel
        </Button>
      </StepFooter>
    </>
  );
}

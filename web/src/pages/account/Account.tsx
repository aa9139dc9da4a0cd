import { Alert, Button, Card, CardBody, CardTitle, Form, PageSection } from "@patternfly/react-core";
import { useState } from "react";
import { useMe, useUpdateMe } from "../../api/admin";
import { ApiError } from "../../api/http";
import type { Me } from "../../api/shapes";
import { Loading } from "../../components/Loading";
import { PageHeader } from "../../components/PageHeader";
import { TextField } from "../../components/TextField";
import { useToasts } from "../../components/Toasts";

export function Account() {
  const me = useMe().data;
  return (
    <>
      <PageHeader title="My account" subtitle={me && `${me.username}, ${me.role}`} />
      <PageSection>
        {me ? (
          <div className="roster-stack roster-narrow">
            <Profile me={me} />
            <Password />
          </div>
        ) : (
          <Loading what="your account" />
        )}
      </PageSection>
    </>
  );
}

function Profile({ me }: { me: Me }) {
  const [name, setName] = useState(me.display_name);
  const update = useUpdateMe();
  const toasts = useToasts();
  return (
    <Card>
      <CardTitle component="h2">Profile</CardTitle>
      <CardBody>
        <Form
          onSubmit={(event) => {
            event.preventDefault();
            update.mutate(
              { display_name: name.trim() },
              {
                onSuccess: () => toasts.success("Profile saved"),
                onError: (cause) => toasts.failure("The profile could not be saved", cause),
              },
            );
          }}
        >
          <TextField label="Display name" optional autoComplete="name" value={name} onChange={setName} />
          <div className="roster-actions">
            <Button type="submit" isDisabled={name.trim() === me.display_name || update.isPending}>
              Save profile
            </Button>
          </div>
        </Form>
      </CardBody>
    </Card>
  );
}

function Password() {
  const [current, setCurrent] = useState("");
  const [password, setPassword] = useState("");
  const update = useUpdateMe();
  const toasts = useToasts();
  const problem = update.error instanceof ApiError ? update.error : undefined;
  const atField = problem?.field("password") ?? problem?.field("current_password");
  return (
    <Card>
      <CardTitle component="h2">Password</CardTitle>
      <CardBody>
        <Form
          onSubmit={(event) => {
            event.preventDefault();
            update.mutate(
              { current_password: current, password },
              {
                onSuccess: () => {
                  setCurrent("");
                  setPassword("");
                  toasts.success("Password changed", "You are logged out everywhere else.");
                },
              },
            );
          }}
        >
          {problem && !atField && (
            <Alert isInline variant="danger" title="The password could not be changed">
              {problem.detail || problem.title}
            </Alert>
          )}
          <TextField
            label="Current password"
            type="password"
            autoComplete="current-password"
            value={current}
            onChange={setCurrent}
            error={problem?.field("current_password")}
          />
          <TextField
            label="New password"
            type="password"
            autoComplete="new-password"
            value={password}
            onChange={setPassword}
            error={problem?.field("password")}
          >
            Four random words are easy to remember and hard to guess.
          </TextField>
          <div className="roster-actions">
            <Button type="submit" isDisabled={!current || !password || update.isPending}>
              Change password
            </Button>
          </div>
        </Form>
      </CardBody>
    </Card>
  );
}

import { Label } from "@patternfly/react-core";
import {
  BanIcon,
  CheckCircleIcon,
  ExclamationCircleIcon,
  ExclamationTriangleIcon,
  InfoCircleIcon,
  OutlinedClockIcon,
  PauseCircleIcon,
  TrashIcon,
} from "@patternfly/react-icons";
import type { ComponentProps, ReactNode } from "react";
import type { HealthState, Receiver } from "../api/shapes";

type Look = { color: ComponentProps<typeof Label>["color"]; icon: ReactNode; word: string };

const health: Record<HealthState, Look> = {
  waiting: { color: "grey", icon: <OutlinedClockIcon />, word: "Waiting" },
  verified: { color: "blue", icon: <InfoCircleIcon />, word: "Verified" },
  healthy: { color: "green", icon: <CheckCircleIcon />, word: "Healthy" },
  failing: { color: "red", icon: <ExclamationCircleIcon />, word: "Failing" },
  paused: { color: "orange", icon: <PauseCircleIcon />, word: "Paused" },
};

/** Status is an icon and a word, never a colour alone. */
function Status({ look }: { look: Look }) {
  return (
    <Label isCompact color={look.color} icon={look.icon}>
      {look.word}
    </Label>
  );
}

export function HealthLabel({ state, enabled = true }: { state: HealthState; enabled?: boolean }) {
  if (!enabled) return <Status look={{ color: "orange", icon: <BanIcon />, word: "Disabled" }} />;
  return <Status look={health[state] ?? { color: "grey", icon: <InfoCircleIcon />, word: state }} />;
}

const delivery: Record<Receiver["state"], Look> = {
  disabled: { color: "orange", icon: <BanIcon />, word: "Disabled" },
  waiting: health.waiting,
  healthy: health.healthy,
  failing: health.failing,
};

export function ReceiverStateLabel({ state }: { state: Receiver["state"] }) {
  return <Status look={delivery[state]} />;
}

export function UserStateLabel({ active, state }: { active: boolean; state: string }) {
  if (state === "deleted") return <Status look={{ color: "red", icon: <TrashIcon />, word: "Deleted" }} />;
  if (active) return <Status look={{ color: "green", icon: <CheckCircleIcon />, word: "Active" }} />;
  return <Status look={{ color: "grey", icon: <BanIcon />, word: "Deactivated" }} />;
}

export function HttpStatusLabel({ status }: { status: number }) {
  const word = String(status);
  if (status < 400) return <Status look={{ color: "green", icon: <CheckCircleIcon />, word }} />;
  if (status < 500) return <Status look={{ color: "orange", icon: <ExclamationTriangleIcon />, word }} />;
  return <Status look={{ color: "red", icon: <ExclamationCircleIcon />, word }} />;
}

import { Alert, AlertActionCloseButton, AlertGroup } from "@patternfly/react-core";
import { createContext, useCallback, useContext, useMemo, useState, type ReactNode } from "react";
import { ApiError } from "../api/http";

type Variant = "success" | "danger" | "info";

interface Toast {
  id: number;
  variant: Variant;
  title: string;
  body?: string;
}

interface Toasts {
  success(title: string, body?: string): void;
  info(title: string, body?: string): void;
  /** Says what failed, and why in the server's words. */
  failure(title: string, cause: unknown): void;
}

const ToastContext = createContext<Toasts | null>(null);

export function useToasts(): Toasts {
  const toasts = useContext(ToastContext);
  if (!toasts) throw new Error("useToasts outside ToastProvider");
  return toasts;
}

/** Holds the messages at the corner of the window; a live region reads them out. */
export function ToastProvider({ children }: { children: ReactNode }) {
  const [shown, setShown] = useState<Toast[]>([]);
  const close = useCallback((id: number) => setShown((all) => all.filter((toast) => toast.id !== id)), []);
  const toasts = useMemo<Toasts>(() => {
    let last = 0;
    const show = (variant: Variant, title: string, body?: string) =>
      setShown((all) => [...all.slice(-3), { id: ++last, variant, title, body }]);
    return {
      success: (title, body) => show("success", title, body),
      info: (title, body) => show("info", title, body),
      failure: (title, cause) => show("danger", title, explain(cause)),
    };
  }, []);
  return (
    <ToastContext value={toasts}>
      {children}
      <AlertGroup isToast isLiveRegion>
        {shown.map((toast) => (
          <Alert
            key={toast.id}
            variant={toast.variant}
            title={toast.title}
            timeout={toast.variant === "danger" ? 20_000 : 8_000}
            onTimeout={() => close(toast.id)}
            actionClose={
              <AlertActionCloseButton title={toast.title} variantLabel="message" onClose={() => close(toast.id)} />
            }
          >
            {toast.body}
          </Alert>
        ))}
      </AlertGroup>
    </ToastContext>
  );
}

function explain(cause: unknown): string {
  if (!(cause instanceof ApiError)) return "The browser reported an error. Try again.";
  const problems = cause.problems.map((p) => p.message).filter((message) => message !== cause.detail);
  return [cause.detail || cause.title, ...problems].join(" ");
}

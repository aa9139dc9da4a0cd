import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { request } from "./http";
import type { List, Policies, Preset, ScimToken, Source, Step } from "./types";

export const useSources = () =>
  useQuery({
    queryKey: ["sources"],
    queryFn: ({ signal }) => request<List<Source>>("GET", "/sources", { query: { limit: 1000 }, signal }),
    // The built-in source, which holds what is made by hand, has nothing to connect or to set.
    select: (all) => ({ ...all, items: all.items.filter(({ type }) => type !== "built-in") }),
    refetchInterval: 10_000,
  });

export const useSource = (slug: string) =>
  useQuery({
    queryKey: ["sources", slug],
    queryFn: ({ signal }) => request<Source>("GET", `/sources/${slug}`, { signal }),
    refetchInterval: 10_000,
    enabled: slug !== "",
  });

export const usePresets = () =>
  useQuery({
    queryKey: ["presets"],
    queryFn: async ({ signal }) => {
      const answer = await request<Preset[] | List<Preset>>("GET", "/presets", { signal });
      return Array.isArray(answer) ? answer : answer.items;
    },
    staleTime: Infinity,
  });

/** Asks every two seconds until all steps are done. */
export const useChecklist = (slug: string) =>
  useQuery({
    queryKey: ["sources", slug, "checklist"],
    queryFn: ({ signal }) => request<{ steps: Step[] }>("GET", `/sources/${slug}/checklist`, { signal }),
    refetchInterval: (query) => (query.state.data?.steps.every((step) => step.done) ? false : 2_000),
  });

export interface NewSource {
  name: string;
  slug?: string;
  preset?: string;
  policies?: Policies;
}

export interface SourcePatch {
  name?: string;
  slug?: string;
  enabled?: boolean;
  paused?: boolean;
  policies?: Policies;
}

export type UsersAfterDelete = "keep" | "deactivate" | "delete";

export function useCreateSource() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: NewSource) => request<Source>("POST", "/sources", { body }),
    onSuccess: () => client.invalidateQueries({ queryKey: ["sources"] }),
  });
}

export function useUpdateSource(slug: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: SourcePatch) => request<Source>("PATCH", `/sources/${slug}`, { body }),
    onSuccess: (source) => {
      client.setQueryData(["sources", source.slug], source);
      return client.invalidateQueries({ queryKey: ["sources"] });
    },
  });
}

export function useDeleteSource(slug: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (users: UsersAfterDelete) => request<void>("DELETE", `/sources/${slug}`, { query: { users } }),
    onSuccess: () => {
      client.removeQueries({ queryKey: ["sources", slug] });
      void client.invalidateQueries();
    },
  });
}

/** Fetches a source's current token; the server writes an audit entry for each call. */
export const revealSourceToken = async (slug: string) =>
  (await request<{ token: string }>("POST", `/sources/${slug}/token/reveal`)).token;

export interface Rotation {
  token: string;
  previous_expires_at?: string;
}

export function useRotateToken(slug: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (overlap: string) => request<Rotation>("POST", `/sources/${slug}/token/rotate`, { body: { overlap } }),
    onSuccess: () => client.invalidateQueries({ queryKey: ["sources", slug] }),
  });
}

export const useTokens = (query: { limit: number; cursor?: string; q?: string }) =>
  useQuery({
    queryKey: ["tokens", query],
    queryFn: ({ signal }) => request<List<ScimToken>>("GET", "/tokens", { query, signal }),
    placeholderData: (before) => before,
  });

export const revealToken = async (id: string) =>
  (await request<{ token: string }>("POST", `/tokens/${id}/reveal`)).token;

export function useRevokeToken() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => request<void>("DELETE", `/tokens/${id}`),
    onSuccess: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: ["tokens"] }),
        client.invalidateQueries({ queryKey: ["sources"] }),
      ]),
  });
}

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, ok } from "./http";
import type { components } from "./schema";

export const useSources = () =>
  useQuery({
    queryKey: ["sources"],
    queryFn: ({ signal }) => ok(api.GET("/api/v1/sources", { params: { query: { limit: 1000 } }, signal })),
    // The built-in source, which holds what is made by hand, has nothing to connect or to set.
    select: (all) => ({ ...all, items: all.items.filter(({ type }) => type !== "built-in") }),
    refetchInterval: 10_000,
  });

export const useSource = (slug: string) =>
  useQuery({
    queryKey: ["sources", slug],
    queryFn: ({ signal }) => ok(api.GET("/api/v1/sources/{slug}", { params: { path: { slug } }, signal })),
    refetchInterval: 10_000,
    enabled: slug !== "",
  });

export const usePresets = () =>
  useQuery({
    queryKey: ["presets"],
    queryFn: ({ signal }) => ok(api.GET("/api/v1/presets", { signal })),
    staleTime: Infinity,
  });

/** Asks every two seconds until there are users, and now and then after that. */
export const useChecklist = (slug: string) =>
  useQuery({
    queryKey: ["sources", slug, "checklist"],
    queryFn: ({ signal }) => ok(api.GET("/api/v1/sources/{slug}/checklist", { params: { path: { slug } }, signal })),
    refetchInterval: (query) =>
      query.state.data?.steps.find(({ id }) => id === "first_user")?.done ? 15_000 : 2_000,
  });

export type UsersAfterDelete = "keep" | "deactivate" | "delete";

export function useCreateSource() {
  const client = useQueryClient();
  return useMutation({
    /** The preset decides the policies; those given here are changed on top of them. */
    mutationFn: async ({ policies, ...body }: components["schemas"]["SourceInputBody"]) => {
      const made = await ok(api.POST("/api/v1/sources", { body }));
      if (!policies) return made;
      const params = { path: { slug: made.slug } };
      return ok(api.PATCH("/api/v1/sources/{slug}", { params, body: { policies: { ...made.policies, ...policies } } }));
    },
    onSuccess: () => client.invalidateQueries({ queryKey: ["sources"] }),
  });
}

export function useUpdateSource(slug: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: components["schemas"]["SourceChangeBody"]) =>
      ok(api.PATCH("/api/v1/sources/{slug}", { params: { path: { slug } }, body })),
    onSuccess: (source) => {
      client.setQueryData(["sources", source.slug], source);
      return client.invalidateQueries({ queryKey: ["sources"] });
    },
  });
}

export function useDeleteSource(slug: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (users: UsersAfterDelete) =>
      ok(api.DELETE("/api/v1/sources/{slug}", { params: { path: { slug }, query: { users } } })),
    onSuccess: () => {
      client.removeQueries({ queryKey: ["sources", slug] });
      void client.invalidateQueries();
    },
  });
}

/** Fetches a source's current token; the server writes an audit entry for each call. */
export const revealSourceToken = async (slug: string) =>
  (await ok(api.POST("/api/v1/sources/{slug}/token/reveal", { params: { path: { slug } } }))).token;

export type Rotation = components["schemas"]["Rotation"];

export function useRotateToken(slug: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (overlap: string) =>
      ok(api.POST("/api/v1/sources/{slug}/token/rotate", { params: { path: { slug } }, body: { overlap } })),
    onSuccess: () => client.invalidateQueries({ queryKey: ["sources", slug] }),
  });
}

export const useTokens = (query: { limit: number; cursor?: string }) =>
  useQuery({
    queryKey: ["tokens", query],
    queryFn: ({ signal }) => ok(api.GET("/api/v1/tokens", { params: { query }, signal })),
    placeholderData: (before) => before,
  });

export const revealToken = async (id: string) =>
  (await ok(api.POST("/api/v1/tokens/{id}/reveal", { params: { path: { id } } }))).token;

export function useRevokeToken() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => ok(api.DELETE("/api/v1/tokens/{id}", { params: { path: { id } } })),
    onSuccess: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: ["tokens"] }),
        client.invalidateQueries({ queryKey: ["sources"] }),
      ]),
  });
}

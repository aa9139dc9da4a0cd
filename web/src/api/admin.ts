import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, ok } from "./http";
import type { components } from "./schema";
import type { Role } from "./shapes";

export const useMe = () =>
  useQuery({
    queryKey: ["me"],
    queryFn: ({ signal }) => ok(api.GET("/api/v1/me", { signal })),
    staleTime: 60_000,
  });

export function useUpdateMe() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: components["schemas"]["MeInputBody"]) => ok(api.PATCH("/api/v1/me", { body })),
    onSuccess: () => client.invalidateQueries({ queryKey: ["me"] }),
  });
}

export const logOut = () => ok(api.DELETE("/api/v1/session"));

export const useAdmins = () =>
  useQuery({ queryKey: ["admins"], queryFn: ({ signal }) => ok(api.GET("/api/v1/admins", { params: { query: { limit: 1000 } }, signal })) });

export function useCreateAdmin() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: components["schemas"]["NewAdminInputBody"]) => ok(api.POST("/api/v1/admins", { body })),
    onSuccess: () => client.invalidateQueries({ queryKey: ["admins"] }),
  });
}

export function useChangeRole() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id, role }: { id: string; role: Role }) =>
      ok(api.PATCH("/api/v1/admins/{id}", { params: { path: { id } }, body: { role } })),
    onSuccess: () => client.invalidateQueries({ queryKey: ["admins"] }),
  });
}

export function useDeleteAdmin() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => ok(api.DELETE("/api/v1/admins/{id}", { params: { path: { id } } })),
    onSuccess: () => client.invalidateQueries({ queryKey: ["admins"] }),
  });
}

export const useApiKeys = () =>
  useQuery({ queryKey: ["api-keys"], queryFn: ({ signal }) => ok(api.GET("/api/v1/api-keys", { params: { query: { limit: 1000 } }, signal })) });

export function useCreateApiKey() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: components["schemas"]["NewAPIKeyInputBody"]) => ok(api.POST("/api/v1/api-keys", { body })),
    onSuccess: () => client.invalidateQueries({ queryKey: ["api-keys"] }),
  });
}

export function useDeleteApiKey() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => ok(api.DELETE("/api/v1/api-keys/{id}", { params: { path: { id } } })),
    onSuccess: () => client.invalidateQueries({ queryKey: ["api-keys"] }),
  });
}

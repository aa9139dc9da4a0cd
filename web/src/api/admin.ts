import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { request } from "./http";
import type { Admin, ApiKey, List, Me, Role } from "./types";

export const useMe = () =>
  useQuery({
    queryKey: ["me"],
    queryFn: ({ signal }) => request<Me>("GET", "/me", { signal }),
    staleTime: 60_000,
  });

export interface MePatch {
  display_name?: string;
  password?: string;
  current_password?: string;
}

export function useUpdateMe() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: MePatch) => request<Me>("PATCH", "/me", { body }),
    onSuccess: () => client.invalidateQueries({ queryKey: ["me"] }),
  });
}

export const logOut = () => request<void>("DELETE", "/session");

export const useAdmins = () =>
  useQuery({ queryKey: ["admins"], queryFn: ({ signal }) => request<List<Admin>>("GET", "/admins", { signal }) });

export interface NewAdmin {
  username: string;
  display_name?: string;
  password: string;
  role: Role;
}

export function useCreateAdmin() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: NewAdmin) => request<Admin>("POST", "/admins", { body }),
    onSuccess: () => client.invalidateQueries({ queryKey: ["admins"] }),
  });
}

export function useChangeRole() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id, role }: { id: string; role: Role }) =>
      request<Admin>("PATCH", `/admins/${id}`, { body: { role } }),
    onSuccess: () => client.invalidateQueries({ queryKey: ["admins"] }),
  });
}

export function useDeleteAdmin() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => request<void>("DELETE", `/admins/${id}`),
    onSuccess: () => client.invalidateQueries({ queryKey: ["admins"] }),
  });
}

export const useApiKeys = () =>
  useQuery({ queryKey: ["api-keys"], queryFn: ({ signal }) => request<List<ApiKey>>("GET", "/api-keys", { signal }) });

export interface NewApiKey {
  name: string;
  role: Role;
  expires_at?: string;
}

export function useCreateApiKey() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: NewApiKey) => request<ApiKey & { key: string }>("POST", "/api-keys", { body }),
    onSuccess: () => client.invalidateQueries({ queryKey: ["api-keys"] }),
  });
}

export function useDeleteApiKey() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => request<void>("DELETE", `/api-keys/${id}`),
    onSuccess: () => client.invalidateQueries({ queryKey: ["api-keys"] }),
  });
}

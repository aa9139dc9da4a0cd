import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, ok, type Query } from "./http";
import type { components } from "./schema";

export const useUsers = (query: Query) =>
  useQuery({
    queryKey: ["users", query],
    queryFn: ({ signal }) => ok(api.GET("/api/v1/users", { params: { query }, signal })),
    placeholderData: (before) => before,
    refetchInterval: 15_000,
  });

export const useUser = (id: string) =>
  useQuery({
    queryKey: ["users", id],
    queryFn: ({ signal }) => ok(api.GET("/api/v1/users/{id}", { params: { path: { id } }, signal })),
  });

export function useCreateUser() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: components["schemas"]["UserInputBody"]) => ok(api.POST("/api/v1/users", { body })),
    onSuccess: () => client.invalidateQueries({ queryKey: ["users"] }),
  });
}

/** Changes a person made by hand; everybody else is the identity provider's to change. */
export function useUpdateUser(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: components["schemas"]["UserChangeBody"]) =>
      ok(api.PATCH("/api/v1/users/{id}", { params: { path: { id } }, body })),
    onSuccess: () => client.invalidateQueries({ queryKey: ["users"] }),
  });
}

/** Deletes a user or group made by hand, or brings a deleted one back. */
export function useLife(kind: "users" | "groups", id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (act: "delete" | "restore") => {
      const params = { path: { id } };
      if (act === "delete") return ok<unknown>(api.DELETE(`/api/v1/${kind}/{id}`, { params }));
      return ok<unknown>(api.POST(`/api/v1/${kind}/{id}/restore`, { params }));
    },
    onSuccess: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: ["users"] }),
        client.invalidateQueries({ queryKey: ["groups"] }),
      ]),
  });
}

export const useGroups = (query: Query) =>
  useQuery({
    queryKey: ["groups", query],
    queryFn: ({ signal }) => ok(api.GET("/api/v1/groups", { params: { query }, signal })),
    placeholderData: (before) => before,
    refetchInterval: 15_000,
  });

export const useGroup = (id: string) =>
  useQuery({
    queryKey: ["groups", id],
    queryFn: ({ signal }) => ok(api.GET("/api/v1/groups/{id}", { params: { path: { id } }, signal })),
  });

export const useMembers = (id: string, query: Query) =>
  useQuery({
    queryKey: ["groups", id, "members", query],
    queryFn: ({ signal }) => ok(api.GET("/api/v1/groups/{id}/members", { params: { path: { id }, query }, signal })),
    placeholderData: (before) => before,
  });

export function useCreateGroup() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: components["schemas"]["GroupInputBody"]) => ok(api.POST("/api/v1/groups", { body })),
    onSuccess: () => client.invalidateQueries({ queryKey: ["groups"] }),
  });
}

/** Renames a group made by hand. */
export function useRenameGroup(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: components["schemas"]["GroupChangeBody"]) =>
      ok(api.PATCH("/api/v1/groups/{id}", { params: { path: { id } }, body })),
    onSuccess: () => client.invalidateQueries({ queryKey: ["groups"] }),
  });
}

/** Puts a user into a group made by hand, or takes the user out of it. */
export function useMembership(group: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ act, user }: { act: "add" | "remove"; user: string }) => {
      const params = { path: { id: group, member: user } };
      return ok<unknown>(
        act === "add"
          ? api.PUT("/api/v1/groups/{id}/members/{member}", { params })
          : api.DELETE("/api/v1/groups/{id}/members/{member}", { params }),
      );
    },
    onSuccess: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: ["groups"] }),
        client.invalidateQueries({ queryKey: ["users"] }),
      ]),
  });
}

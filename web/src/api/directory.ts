import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { request, type Query } from "./http";
import type { Group, GroupDetail, List, Member, User, UserDetail } from "./types";

export const useUsers = (query: Query) =>
  useQuery({
    queryKey: ["users", query],
    queryFn: ({ signal }) => request<List<User>>("GET", "/users", { query, signal }),
    placeholderData: (before) => before,
    refetchInterval: 15_000,
  });

export const useUser = (id: string) =>
  useQuery({
    queryKey: ["users", id],
    queryFn: ({ signal }) => request<UserDetail>("GET", `/users/${id}`, { signal }),
  });

export interface NewUser {
  user_name: string;
  display_name?: string;
  email?: string;
}

export function useCreateUser() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: NewUser) => request<User>("POST", "/users", { body }),
    onSuccess: () => client.invalidateQueries({ queryKey: ["users"] }),
  });
}

export interface UserPatch {
  user_name?: string;
  display_name?: string;
  email?: string;
  active?: boolean;
}

/** Changes a person made by hand; everybody else is the identity provider's to change. */
export function useUpdateUser(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: UserPatch) => request<User>("PATCH", `/users/${id}`, { body }),
    onSuccess: () => client.invalidateQueries({ queryKey: ["users"] }),
  });
}

/** Deletes a user or group made by hand, or brings a deleted one back. */
export function useLife(kind: "users" | "groups", id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (act: "delete" | "restore") =>
      act === "delete"
        ? request<unknown>("DELETE", `/${kind}/${id}`)
        : request<unknown>("POST", `/${kind}/${id}/restore`),
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
    queryFn: ({ signal }) => request<List<Group>>("GET", "/groups", { query, signal }),
    placeholderData: (before) => before,
    refetchInterval: 15_000,
  });

export const useGroup = (id: string) =>
  useQuery({
    queryKey: ["groups", id],
    queryFn: ({ signal }) => request<GroupDetail>("GET", `/groups/${id}`, { signal }),
  });

export const useMembers = (id: string, query: Query) =>
  useQuery({
    queryKey: ["groups", id, "members", query],
    queryFn: ({ signal }) => request<List<Member>>("GET", `/groups/${id}/members`, { query, signal }),
    placeholderData: (before) => before,
  });

export function useCreateGroup() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: { display_name: string }) => request<Group>("POST", "/groups", { body }),
    onSuccess: () => client.invalidateQueries({ queryKey: ["groups"] }),
  });
}

/** Renames a group made by hand. */
export function useRenameGroup(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: { display_name: string }) => request<Group>("PATCH", `/groups/${id}`, { body }),
    onSuccess: () => client.invalidateQueries({ queryKey: ["groups"] }),
  });
}

/** Puts a user into a group made by hand, or takes the user out of it. */
export function useMembership(group: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ act, user }: { act: "add" | "remove"; user: string }) =>
      request<void>(act === "add" ? "PUT" : "DELETE", `/groups/${group}/members/${user}`),
    onSuccess: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: ["groups"] }),
        client.invalidateQueries({ queryKey: ["users"] }),
      ]),
  });
}

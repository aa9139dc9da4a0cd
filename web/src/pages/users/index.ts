export { UserGroups, UserOverview, UserPage, UserRequests, UserScim } from "./UserPage";
export { Users } from "./Users";

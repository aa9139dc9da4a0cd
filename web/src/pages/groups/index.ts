export { GroupMembers } from "./GroupMembers";
export { GroupOverview, GroupPage, GroupScim } from "./GroupPage";
export { Groups } from "./Groups";

export { GroupMembers, GroupOverview, GroupPage, GroupScim } from "./GroupPage";
export { Groups } from "./Groups";

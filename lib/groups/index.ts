export { createGroup, deleteGroup, getGroup, listGroups, updateGroup } from "./groups.ts";
export { addMembers, listMembers, removeMembers } from "./members.ts";
export { listNested, nestGroup, unnestGroup } from "./nesting.ts";
export { listReach } from "./reach.ts";

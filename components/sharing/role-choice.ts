import {
  type BuiltInRole,
  builtInRoles,
  isBuiltInRole,
  type Permission,
  permissionsIn,
} from "#lib/authz/permissions.ts";

/** A role that can be picked. */
export type RoleChoice = {
  label: string;
  description: string;
  permissions: Permission[];
} & (
  | { isBuiltIn: true; key: BuiltInRole }
  /** A role of the workspace's own, by its id. */
  | { isBuiltIn: false; key: string }
);

/** A built-in role without its words; null for the name of a custom one, which can't be the same. */
export function builtInRole(name: string): RoleChoice | null {
  if (!isBuiltInRole(name)) return null;
  return {
    key: name,
    label: name,
    description: "",
    permissions: permissionsIn(builtInRoles[name]),
    isBuiltIn: true,
  };
}

import {
  type BuiltInRole,
  builtInRoleNames,
  builtInRoles,
  type Permission,
  permissionsIn,
} from "#lib/authz/permissions.ts";

/** A role that can be picked. */
export interface RoleChoice {
  /** A built-in role's name, or a custom role's id. */
  key: string;
  label: string;
  description: string;
  permissions: Permission[];
  isBuiltIn: boolean;
}

const isBuiltInName = (name: string): name is BuiltInRole =>
  (builtInRoleNames as readonly string[]).includes(name);

/** A built-in role without its words; null for the name of a custom one, which can't be the same. */
export function builtInRole(name: string): RoleChoice | null {
  if (!isBuiltInName(name)) return null;
  return {
    key: name,
    label: name,
    description: "",
    permissions: permissionsIn(builtInRoles[name]),
    isBuiltIn: true,
  };
}

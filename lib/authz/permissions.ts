/** One bit per permission. The numbers are stored in `roles.mask` and `permissions.mask`: never renumber. */
export const permissionBits = {
  view_documents: 1,
  create_documents: 2,
  edit_documents: 4,
  delete_own_documents: 8,
  delete_any_documents: 16,
  add_comments: 32,
  delete_own_comments: 64,
  delete_any_comments: 128,
  suggest_changes: 256,
  manage_permissions: 512,
  export_collection: 1024,
  manage_templates: 2048,
  run_jobs: 4096,
} as const;

export type Permission = keyof typeof permissionBits;
export const allPermissions = Object.keys(permissionBits) as Permission[];
export const fullMask = Object.values(permissionBits).reduce((mask, bit) => mask | bit, 0);

/** The mask of some permissions. */
export const maskOf = (permissions: readonly Permission[]): number =>
  permissions.reduce((mask, name) => mask | permissionBits[name], 0);

const viewer = maskOf(["view_documents"]);
const commenter = viewer | maskOf(["add_comments", "delete_own_comments", "suggest_changes"]);
const editor =
  commenter |
  maskOf(["create_documents", "edit_documents", "delete_own_documents", "run_jobs", "export_collection"]);

/** The built-in roles; the same masks are seeded into `roles` by migration and a test keeps them equal. */
export const builtInRoles = { owner: fullMask, editor, commenter, viewer } as const;
export type BuiltInRole = keyof typeof builtInRoles;
export const builtInRoleNames = Object.keys(builtInRoles) as BuiltInRole[];
export const isBuiltInRole = (name: string): name is BuiltInRole => Object.hasOwn(builtInRoles, name);

/** Whether `mask` holds the permission. */
export const allows = (mask: number, permission: Permission): boolean =>
  (mask & permissionBits[permission]) !== 0;

/** Whether every right in `wanted` is in `mask`: nobody grants above their own effective permissions. */
export const covers = (mask: number, wanted: number): boolean => (wanted & ~mask) === 0;

/** The permissions a mask holds, in their fixed order. */
export const permissionsIn = (mask: number): Permission[] =>
  allPermissions.filter((permission) => allows(mask, permission));

/** The strongest built-in role a mask holds, for a label; null when it holds none. */
export const roleLabel = (mask: number): BuiltInRole | null =>
  builtInRoleNames.find((role) => covers(mask, builtInRoles[role])) ?? null;

export { migrateDown, migrateUp } from "./apply.ts";
export { newMigration, programDrift } from "./create.ts";
export { schemaDrift } from "./drift.ts";
export { MigrationError } from "./folder.ts";

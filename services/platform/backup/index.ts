/** The door of backups: one file, consistent, written while the server runs, and restored into an empty database. */
export { BackupRefused } from './format.ts'
export { openBackup } from './read.ts'
export { expectRestorable, loadBackup, restoreBackup } from './restore.ts'
export { writeBackup } from './write.ts'

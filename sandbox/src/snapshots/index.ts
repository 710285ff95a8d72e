export { DirectoryBlobStore } from './DirectoryBlobStore.js';
export { SnapshotRefusedError } from './SnapshotRefusedError.js';
export { VariableIntake, type IntakeOptions } from './VariableIntake.js';

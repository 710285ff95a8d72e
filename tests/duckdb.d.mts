export const DUCKDB: string;
export const DUCKDB_FOLDER: string;

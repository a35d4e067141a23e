import { join } from 'node:path'
export async function openGeneration(folder: string) { return { path: join(folder, 'gen-000001') } }

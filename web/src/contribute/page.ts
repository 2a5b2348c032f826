import type { Page } from "../shell";
export async function show(_page: Page): Promise<void> {}

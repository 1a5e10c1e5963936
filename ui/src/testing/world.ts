// A window over the made-up guard: stores, router and language as in `main.ts`, without Tauri.
import { flushPromises, mount, type VueWrapper } from '@vue/test-utils';
import axe from 'axe-core';
import { createPinia, setActivePinia } from 'pinia';
import { afterEach } from 'vitest';
import type { Component } from 'vue';
import App from '@/App.vue';
import { i18n } from '@/i18n';
import { useLink } from '@/link';
import { mockLink, type MockLink } from '@/link/mock';
import { makeRouter } from '@/router';
import { applyLink, followChanges } from '@/stores/changes';

let open: VueWrapper | undefined;

afterEach(() => {
  open?.unmount();
  open = undefined;
  document.body.innerHTML = '';
});

/** The whole window at a path; closed after the test. */
export async function openWindow(path: string, world = 'full'): Promise<{ link: MockLink; page: VueWrapper }> {
  const link = mockLink(new URLSearchParams({ world }));
  useLink(link);
  const pinia = createPinia();
  setActivePinia(pinia);
  const router = makeRouter(true);
  applyLink({ state: 'connected' });
  await followChanges();
  await router.push(path);
  const page = mount(App as Component, { global: { plugins: [pinia, i18n, router] }, attachTo: document.body });
  open = page;
  await settled();
  return { link, page };
}

/** Waits until what was asked for is shown, lazily loaded pages included. */
export async function settled(): Promise<void> {
  for (let round = 0; round < 12; round += 1) {
    await flushPromises();
    await new Promise((resume) => setTimeout(resume, 0));
  }
}

/**
 * What axe finds wrong, in words. The document has no layout here, so contrast is judged in tokens.test.ts. Element Plus
 * writes the head of a dialog as a `header`: beside the page's it counts as a second one, though the dialog is all that is read.
 */
export async function faults(root: Element = document.body): Promise<string[]> {
  const found = await axe.run(root, { rules: { 'color-contrast': { enabled: false }, region: { enabled: false }, 'landmark-no-duplicate-banner': { enabled: false }, 'landmark-unique': { enabled: false } } });
  return found.violations.flatMap((fault) => fault.nodes.map((node) => `${fault.id}: ${node.html.slice(0, 160)}`));
}

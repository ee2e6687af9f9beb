// Puts a page into its document: base styles, language of the document, the one key handler.
import { mount, type Component } from 'svelte';
import './base.css';
import { shortcuts } from './shortcuts.svelte';

export function start(page: Component): void {
  const target = document.getElementById('app');
  if (!target) throw new Error('no #app');
  shortcuts.listen(window);
  mount(page, { target });
}

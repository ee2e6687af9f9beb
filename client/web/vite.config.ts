import { fileURLToPath } from 'node:url';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';

const root = fileURLToPath(new URL('.', import.meta.url));

// The pages speak binary protobuf only; the JSON codec of the runtime would be a tenth of a page's bytes.
function withoutJsonCodec(): Plugin {
  return {
    name: 'without-json-codec',
    enforce: 'pre',
    apply: 'build',
    resolveId(source, importer) {
      const ours = importer?.includes('/@bufbuild/protobuf/') && /\/(from|to)-json\.js$/.test(source);
      return ours ? `${root}src/shared/no_json_codec.ts` : undefined;
    },
  };
}

// Enums compiled as `(function (E) {...})(E || (E = {}))` are kept even when unused; as a pure expression they are not.
function droppableEnums(): Plugin {
  const form = /export var (\w+);\n((?:\/\*\*[\s\S]*?\*\/\s*)?)\(function \(\1\) \{([\s\S]*?)\n\}\)\(\1 \|\| \(\1 = \{\}\)\);/g;
  return {
    name: 'droppable-enums',
    apply: 'build',
    transform(code, id) {
      if (!id.includes('/@bufbuild/protobuf/')) return undefined;
      return { code: code.replace(form, 'export var $1 = /*@__PURE__*/ (function ($1) {$3\nreturn $1;\n})({});'), map: null };
    },
  };
}

// Builds the page that ECG_PAGE names (scripts/build.mjs builds all three). Each page is one bundle of its own: the
// clinic's is served by the gateway, the others by the center, so nothing is shared. Every asset is a local file and
// nothing is inlined: the pages run under a strict Content-Security-Policy (script-src 'self'; style-src 'self').
export default defineConfig({
  plugins: [withoutJsonCodec(), droppableEnums(), svelte()],
  base: '/',
  esbuild: { charset: 'utf8', legalComments: 'none' },
  build: {
    target: 'chrome109',
    outDir: 'dist',
    emptyOutDir: false,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rollupOptions: { input: `${root}${process.env.ECG_PAGE ?? 'reader'}.html` },
  },
  test: { include: ['test/**/*.test.ts'], environment: 'node' },
});

// A headless Chromium for the page tests, and what every page must fulfil: no console error, no accessibility violation.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { mkdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

// The packages belong to the pages' own folder.
const packages = createRequire(resolve(dirname(fileURLToPath(import.meta.url)), '../../client/web/package.json'));
const { chromium } = packages('playwright-core');
const axe_source = readFileSync(packages.resolve('axe-core/axe.min.js'), 'utf8');

const kArguments = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export class CheckFailed extends Error {}

export function check(condition, what) {
  if (!condition) throw new CheckFailed(what);
}

export class Browser {
  constructor(browser, screenshots_dir) {
    this.browser = browser;
    this.screenshots_dir = screenshots_dir;
    this.errors = [];
  }

  static async start({ browser = '/usr/bin/chromium', screenshots_dir = '' }) {
    if (screenshots_dir) mkdirSync(screenshots_dir, { recursive: true });
    return new Browser(await chromium.launch({ executablePath: browser, args: kArguments, headless: true }), screenshots_dir);
  }

  // A page with a session of its own.
  async open(url, { width, height, locale = 'zh-CN' }) {
    const context = await this.browser.newContext({ viewport: { width, height }, locale, deviceScaleFactor: 1, ignoreHTTPSErrors: true });
    const page = await context.newPage();
    page.setDefaultTimeout(20_000);
    page.on('console', (message) => {
      if (message.type() !== 'error') return;
      // A refused session question is how a page learns that nobody is signed in; Chromium logs its status.
      if (/401/.test(message.text()) && /GetSession|GetClinic|Subscribe|Watch/.test(message.location().url)) return;
      this.errors.push(`${new URL(page.url()).pathname}: ${message.text()} (${message.location().url})`);
    });
    page.on('pageerror', (error) => this.errors.push(`${new URL(page.url()).pathname}: ${error.message}`));
    page.on('request', (request) => {
      const target = new URL(request.url());
      if (/^(http|ws)s?:$/.test(target.protocol) && target.origin !== new URL(url).origin)
        this.errors.push(`request to another origin: ${target.origin}`);
    });
    await page.goto(url);
    return page;
  }

  async signIn(page, { user, password }) {
    await page.fill('input[name="user"]', user);
    await page.fill('input[name="password"]', password);
    await page.click('button[type="submit"]');
  }

  async picture(page, name) {
    if (this.screenshots_dir) await page.screenshot({ path: join(this.screenshots_dir, `${name}.png`) });
  }

  // WCAG 2.2 A and AA rules of axe; evaluated from outside the page, so its Content-Security-Policy stays as it is.
  async accessible(page, name) {
    await page.evaluate(axe_source);
    const violations = await page.evaluate(async () => {
      const found = await window.axe.run(document, {
        runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'],
        iframes: false,
      });
      return found.violations.map((v) => `${v.id}: ${v.nodes.map((n) => `${n.target} ${n.any.map((a) => a.message).join('; ')}`).slice(0, 4).join(' | ')}`);
    });
    check(violations.length === 0, `${name}: accessibility: ${violations.join('\n  ')}`);
  }

  // No text may be wider than the window at the sizes the pages are made for.
  async fits(page, name) {
    const [wide, window_width] = await page.evaluate(() => [document.documentElement.scrollWidth, window.innerWidth]);
    check(wide <= window_width, `${name}: ${wide} px wide in a window of ${window_width}`);
  }

  async close() {
    await this.browser.close();
  }
}

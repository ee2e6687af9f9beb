// The main job in a real browser: the clinic records and sends, a reader signs, the clinic opens the report, the
// administrator sees the network; on the way the trace, the languages, accessibility and the console are checked.
// Usage: node main_job.mjs CONFIG.json
//   {reader_url, admin_url, clinic_url, reader: {user, password}, admin: {...}, clinic: {...},
//    screenshots_dir: "" = none, browser: "/usr/bin/chromium"}
import { readFileSync } from 'node:fs';
import { Browser, check } from './browser.mjs';
import { checkTrace } from './trace_check.mjs';

const config = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const kReader = { width: 1920, height: 1080 };
const kSmall = { width: 1366, height: 768 };
// A name of its own, so that a second run on the same data finds its own study.
const patient = { name: `网页测试${Date.now() % 100000}`, birth_date: '1959-03-12' };
const steps = [];

async function step(name, work) {
  const begin = Date.now();
  await work();
  steps.push(name);
  console.log(`ok   ${((Date.now() - begin) / 1000).toFixed(1).padStart(5)} s  ${name}`);
}

async function row(page) {
  return page.locator('li[data-study]', { hasText: patient.name }).first();
}

async function main() {
  const browser = await Browser.start(config);
  let clinic;
  let reader;
  let admin;
  try {
    await step('clinic: a wrong password is refused with its number', async () => {
      clinic = await browser.open(config.clinic_url, kSmall);
      await clinic.waitForSelector('input[name="user"]');
      await browser.accessible(clinic, 'clinic sign-in');
      await browser.picture(clinic, 'clinic-sign-in');
      await browser.signIn(clinic, { user: config.clinic.user, password: 'not-the-password' });
      await clinic.waitForSelector('[role="alert"]:has-text("E4002")');
      browser.errors = browser.errors.filter((e) => !/SignIn/.test(e));
    });

    await step('clinic: the operator signs in and sees live signal', async () => {
      await browser.signIn(clinic, config.clinic);
      await clinic.waitForSelector('.electrodes li');
      await clinic.waitForFunction(() => [...document.querySelectorAll('.electrodes li')].filter((l) => !l.classList.contains('unknown')).length === 10);
      await browser.picture(clinic, 'clinic-home');
      await browser.accessible(clinic, 'clinic home');
      await browser.fits(clinic, 'clinic home');
    });

    await step('clinic: nothing is recorded before the patient is known', async () => {
      check(await clinic.isDisabled('[data-action="start"]'), 'recording may begin without a patient');
      await clinic.fill('input[name="name"]', patient.name);
      await clinic.click('[data-action="start"]');
      await clinic.waitForSelector('.faults');
      check((await clinic.locator('[data-action="send"]').count()) === 0, 'a recording began without sex and age');
    });

    await step('clinic: registers, records 10 s, reviews', async () => {
      await clinic.check('input[name="sex"][value="1"]', { force: true });
      await clinic.fill('input[name="birth_date"]', patient.birth_date);
      await clinic.click('button.chip.pain');
      await clinic.selectOption('select[name="onset"]', 'within_2h');
      await clinic.click('[data-action="start"]');
      await clinic.waitForSelector('progress');
      await browser.picture(clinic, 'clinic-recording');
      await clinic.waitForSelector('[data-action="send"]', { timeout: 30_000 });
      await clinic.waitForFunction(() => window.__ecg?.vertices().length > 0);
      await checkTrace(clinic, { speed: 25, gain: 10, columns: 13 });
      await browser.picture(clinic, 'clinic-review');
      await browser.accessible(clinic, 'clinic review');
    });

    await step('clinic: sends; the form is empty; the center has it on evidence', async () => {
      await clinic.keyboard.press('Alt+s');
      await clinic.waitForFunction(() => document.querySelector('input[name="name"]')?.value === '');
      check((await clinic.inputValue('input[name="birth_date"]')) === '', 'the birth date is still in the form');
      check((await clinic.locator('button.chip[aria-pressed="true"]').count()) === 0, 'a symptom is still chosen');
      const mine = await row(clinic);
      await mine.locator('[data-step="3"][data-done="true"]').waitFor();
      check((await mine.locator('[data-step="5"][data-done="true"]').count()) === 0, 'a report is claimed before there is one');
      await browser.picture(clinic, 'clinic-sent');
    });

    await step('reader: signs in; the study waits in the list', async () => {
      reader = await browser.open(config.reader_url, kReader);
      await browser.signIn(reader, config.reader);
      await reader.waitForSelector(`[data-study]:has-text("${patient.name}")`);
      await browser.picture(reader, 'reader-list');
      await browser.accessible(reader, 'reader list');
    });

    await step('reader: opens it; the trace stands within half a pixel in every layout, speed and gain', async () => {
      await reader.click(`[data-study]:has-text("${patient.name}")`);
      await reader.waitForFunction(() => window.__ecg?.vertices().length > 0);
      await painted(reader);
      await checkTrace(reader, { speed: 25, gain: 10, columns: 13 });
      check((await reader.locator('[data-machine]').count()) === 0, 'machine text is shown before the first own statement');
      await browser.picture(reader, 'reader-open');
      await browser.accessible(reader, 'reader open');
      for (const [keys, speed, gain, columns] of [
        ['.', 50, 10, 13],
        [',', 25, 10, 13],
        [',', 12.5, 10, 13],
        ['.', 25, 10, 13],
        ['=', 25, 20, 13],
        ['-', 25, 10, 13],
        ['-', 25, 5, 13],
        ['=', 25, 10, 13],
        ['3', 25, 10, 12],
        ['4', 25, 10, 12],
        ['1', 25, 10, 13],
      ]) {
        await focusTrace(reader);
        const before = await reader.evaluate(() => window.__ecg.paintedAt);
        await reader.keyboard.press(keys);
        await reader.waitForFunction((at) => window.__ecg?.paintedAt > at, before);
        await checkTrace(reader, { speed, gain, columns });
        if (keys === '4') await browser.picture(reader, 'reader-12x1');
      }
    });

    await step('reader: neither an Enter that composes nor a bare Enter signs or accepts by accident', async () => {
      await reader.focus('[data-picker]');
      await reader.keyboard.type('sr');
      await reader.evaluate(() => {
        const box = document.querySelector('[data-picker]');
        for (const init of [{ isComposing: true }, { keyCode: 229 }])
          box.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', code: 'Enter', bubbles: true, cancelable: true, ...init }));
      });
      check((await reader.locator('[data-findings] li').count()) === 0, 'a composing Enter accepted a statement');
      await reader.keyboard.press('Enter');
      await reader.locator('[data-findings] li').first().waitFor();
      await reader.fill('textarea[name="text"]', '窦性心律，请结合临床。');
      await reader.fill('textarea[name="advice"]', '观察，必要时复查。');
      await reader.keyboard.press('Enter');
      check((await reader.locator('[data-report]').count()) === 0, 'a bare Enter signed');
      await reader.waitForSelector('[data-machine], [data-suspected]');
      await browser.picture(reader, 'reader-draft');
    });

    await step('reader: the page at 1366 x 768 and in English', async () => {
      await reader.setViewportSize(kSmall);
      await reader.click('button[lang="en"]');
      await browser.fits(reader, 'reader at 1366');
      await painted(reader);
      await browser.picture(reader, 'reader-1366-en');
      await browser.accessible(reader, 'reader 1366 en');
      await reader.click('button[lang="zh-CN"]');
      await reader.setViewportSize(kReader);
    });

    await step('reader: signs with Ctrl+Enter', async () => {
      await focusTrace(reader);
      await reader.keyboard.press('Control+Enter');
      const keep = reader.locator('.sheet[role="alert"] button.primary');
      const done = reader.locator('footer [role="status"]', { hasText: patient.name });
      await Promise.race([keep.waitFor(), done.waitFor()]);
      if (await keep.isVisible()) await keep.click();
      await done.waitFor();
      await browser.picture(reader, 'reader-signed');
    });

    await step('clinic: the report is back, and opens as a PDF', async () => {
      const mine = await row(clinic);
      await mine.locator('[data-step="5"][data-done="true"]').waitFor({ timeout: 30_000 });
      await acknowledgeCritical(clinic);
      const answered = clinic.waitForResponse(/OpenClinicReport$/);
      await mine.locator('[data-open-report]').click();
      await clinic.waitForSelector('[data-report] [data-pdf]');
      check((await (await answered).body()).includes('%PDF-'), 'the answer holds no PDF');
      check((await clinic.textContent('[data-report]')).includes('窦性心律，请结合临床'), 'the report text is another');
      await clinic.waitForTimeout(500);
      await browser.picture(clinic, 'clinic-report');
      await browser.accessible(clinic, 'clinic report');
      await clinic.keyboard.press('Escape');
    });

    await step('clinic: the same page in English', async () => {
      await clinic.click('button[lang="en"]');
      await browser.fits(clinic, 'clinic en');
      await browser.picture(clinic, 'clinic-en');
      await browser.accessible(clinic, 'clinic en');
    });

    await step('administrator: sites with their state, queue, turnaround, people; both languages', async () => {
      admin = await browser.open(config.admin_url, kSmall);
      await browser.signIn(admin, config.admin);
      await admin.waitForSelector('tr[data-site]');
      check((await admin.locator('tr[data-site][data-state="ONLINE"], tr[data-site][data-state="DEGRADED"]').count()) > 0, 'no site is online');
      await admin.waitForSelector('[data-turnaround] tbody tr');
      check((await admin.locator('[data-card]').count()) >= 7, 'cards are missing');
      await browser.picture(admin, 'admin');
      await browser.accessible(admin, 'admin');
      await browser.fits(admin, 'admin');
      await admin.click('button[lang="en"]');
      await browser.fits(admin, 'admin en');
      await browser.picture(admin, 'admin-en');
      await admin.click('[data-tab="people"]');
      await admin.waitForSelector('[data-people] tbody tr');
      await browser.accessible(admin, 'admin people');
      await browser.picture(admin, 'admin-people');
    });

    check(browser.errors.length === 0, `console errors:\n  ${browser.errors.join('\n  ')}`);
    console.log(`PASS ${steps.length} steps`);
    return 0;
  } catch (error) {
    console.error(`FAIL after ${steps.length} steps: ${error.message}`);
    for (const [name, page] of Object.entries({ clinic, reader, admin })) if (page) await browser.picture(page, `failed-${name}`).catch(() => {});
    if (browser.errors.length > 0) console.error(`console:\n  ${browser.errors.join('\n  ')}`);
    return 1;
  } finally {
    await browser.close();
  }
}

async function focusTrace(page) {
  await page.focus('[data-trace-region]');
}

// Waits until the picture on the canvas belongs to the present size.
async function painted(page) {
  await page.waitForFunction(() => {
    const trace = document.querySelector('[data-trace]');
    return window.__ecg?.sheet && trace && Math.abs(window.__ecg.sheet.width - trace.getBoundingClientRect().width) < 1;
  });
}

// Where the machine suspected something critical, the clinic has an alert open that must not cover the report.
async function acknowledgeCritical(page) {
  const alerts = page.locator('form[data-critical]');
  while ((await alerts.count()) > 0) {
    const first = alerts.first();
    const id = await first.getAttribute('data-critical');
    await first.locator('input[name="person"]').fill('周护士');
    await first.locator('input[name="read_back"]').fill('已复述');
    await first.locator('.acts button').first().click();
    await first.locator('button.send').click();
    await page.waitForSelector(`form[data-critical="${id}"]`, { state: 'detached' });
  }
}

process.exit(await main());

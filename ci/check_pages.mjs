// What ci/check-pages asks of each page.
// usage: node check_pages.mjs NODE-MODULES FOLDER-OF-PAGES CHROMIUM
// Exit status: 0 nothing to complain of, 1 something is, 2 environment.
import {createRequire} from 'node:module';
import {readFileSync} from 'node:fs';

const [modules, folder, chromium] = process.argv.slice(2);
const require = createRequire(modules + '/');
const puppeteer = require('puppeteer-core');
const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

const WIDTHS = [360, 800, 1400];
const SCHEMES = ['light', 'dark'];
let complaints = 0;
let checks = 0;

// `name`: the page as it is looked at.
function expect(good, name, what) {
  checks += 1;
  if (good) return;
  complaints += 1;
  console.log(`${name}: ${what}`);
}

const where = page => page.evaluate(() => {
  const shown = [...document.querySelectorAll('.where')].find(x => x.textContent !== '');
  return shown ? shown.textContent : '';
});
const current = page => page.evaluate(() => {
  const row = document.querySelector('tr.cur');
  return row && {id: row.id, bad: row.dataset.bad === '1',
    step: row.getAttribute('aria-current') === 'step', seen: row.offsetParent !== null};
});

// Step by step with j, back with k, to each violation with v.
async function stepThrough(page, name) {
  await page.keyboard.press('j');
  expect(/^Step 0, /.test(await where(page)), name, 'j does not go to the first step');
  await page.keyboard.press('j');
  const second = await current(page);
  await page.keyboard.press('ArrowDown');
  const third = await current(page);
  expect(second && third && second.id !== third.id && third.step, name, 'a step is not gone to');
  await page.keyboard.press('k');
  expect((await current(page))?.id === second?.id, name, 'k does not go back');
  const visited = new Set();
  for (let i = 0; i < 20; ++i) {
    await page.keyboard.press('v');
    const row = await current(page);
    expect(row?.bad && row.seen, name, 'v goes to what is no violation');
    expect(/ is violated\./.test(await where(page)), name, 'a violation is not said');
    visited.add(row?.id);
  }
  const there = await page.evaluate(() => {
    const part = document.querySelector('tr.cur')?.closest('.execution');
    return part ? part.querySelectorAll('tr[data-bad]').length : 0;
  });
  expect(visited.size === there, name, `v visits ${visited.size} of ${there} violations`);
}

async function lookAtExecution(page, name) {
  await stepThrough(page, name);
  const rows = () => page.evaluate(
    () => [...document.querySelectorAll('tr.step')].filter(x => x.offsetParent).length);
  const few = await rows();
  await page.click('.all input');
  expect(await rows() > few, name, 'every event shows no more');
}

// A link into something that is folded away opens it.
async function lookBehindLinks(page, name, link) {
  await page.click(`a[href="${link}"]`);
  await page.waitForFunction(id => document.getElementById(id)?.checkVisibility(), {timeout: 2000},
    link.slice(1)).then(() => expect(true, name, ''),
    () => expect(false, name, `${link} is not opened`));
  await stepThrough(page, name);
}

async function openFold(page, name) {
  await page.focus('summary');
  await page.keyboard.press('Enter');
  expect(await page.evaluate(() => document.querySelector('details').open), name, 'does not open');
  await stepThrough(page, name);
}

async function askAxe(page, name) {
  await page.evaluate(axe);
  const {violations} = await page.evaluate(() => window.axe.run());
  for (const violation of violations) {
    for (const node of violation.nodes) {
      expect(false, name, `axe: ${violation.id}: ${node.target}: ${node.failureSummary}`);
    }
  }
  checks += 1;
}

// Of a picture axe says nothing of contrast.
async function lookAtPicture(page, name) {
  const faults = await page.evaluate(() => {
    const light = colour => {
      const [r, g, b] = colour.match(/[\d.]+/g).map(x => {
        const part = x / 255;
        return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
      });
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const faults = [];
    for (const text of document.querySelectorAll('text')) {
      const box = text.getBoundingClientRect();
      for (const x of [box.left + 1, box.left + box.width / 2, box.right - 1]) {
        const below = document.elementsFromPoint(x, box.top + box.height / 2)
          .filter(one => one !== text);
        if (below[0]?.tagName !== 'rect') {
          faults.push(`'${text.textContent}' is over ${below[0]?.textContent || 'nothing'}`);
          continue;
        }
        const pair = [text, below[0]].map(one => light(getComputedStyle(one).fill)).sort();
        const contrast = (Math.max(...pair) + 0.05) / (Math.min(...pair) + 0.05);
        if (contrast < 4.5) faults.push(`contrast of '${text.textContent}' is ${contrast}`);
      }
    }
    return faults;
  });
  for (const fault of faults) expect(false, name, fault);
  expect(await page.evaluate(() => document.querySelectorAll('text').length) > 50, name, 'no text');
}

const PAGES = [
  {file: 'execution.html', words: ['claim-v1: violates', 'waits for T1', 'group->mutex'],
    look: lookAtExecution},
  {file: 'comparison.html', words: ['owner-check', 'exhausted', 'What the ids say'],
    look: (page, name) => lookBehindLinks(page, name, '#claim-v1-I22')},
  {file: 'review.html', words: ['no longer shows', 'gone again with', 'not judged: ',
    'The whole: v2 beside v1'],
    look: openFold},
  {file: 'picture.svg', words: ['claim-v1: violates', 'waits for T1'], look: lookAtPicture},
];

async function lookAt(browser, {file, words, look}, width, scheme) {
  const name = `${file}, ${width} pixels, ${scheme}`;
  const html = file.endsWith('.html');
  const page = await browser.newPage();
  page.on('console', message => {
    if (message.type() === 'error') expect(false, name, `console: ${message.text()}`);
  });
  page.on('pageerror', error => expect(false, name, error.message));
  page.on('request', request => {
    expect(request.url().startsWith(`file://${folder}/${file}`), name, `asks for ${request.url()}`);
  });
  await page.emulateMediaFeatures([{name: 'prefers-color-scheme', value: scheme}]);
  await page.setViewport({width: html ? width : Math.max(width, 1000), height: 1000});
  await page.goto(`file://${folder}/${file}`);
  const text = await page.evaluate(() => document.documentElement.textContent);
  for (const word of words) expect(text.includes(word), name, `does not say '${word}'`);
  if (html) {
    await askAxe(page, name);
    const over = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    expect(over <= 0, name, `is ${over} pixels wider than its window`);
  }
  await look(page, name);
  if (html) await askAxe(page, name);
  if (process.env.KEEP) {
    await page.screenshot({path: `${folder}/${file}-${width}-${scheme}.png`});
  }
  await page.close();
}

try {
  const browser = await puppeteer.launch(
    {executablePath: chromium, args: ['--no-sandbox', '--disable-gpu']});
  for (const page of PAGES) {
    for (const width of WIDTHS) {
      for (const scheme of SCHEMES) await lookAt(browser, page, width, scheme);
    }
  }
  await browser.close();
} catch (error) {
  console.error(`ci/check-pages: ${error.message}`);
  process.exit(2);
}
console.log(`${checks} checks, ${complaints} complaints`);
process.exit(complaints > 0 ? 1 : 0);

import { chromium } from 'playwright-core';

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export const launch = () =>
  chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: FLAGS });

/** A page that notes every console error, page error and policy violation in `faults`. */
export async function openPage(browser, options, faults) {
  const context = await browser.newContext({
    viewport: { width: 1440, height: 900 },
    permissions: ['clipboard-read', 'clipboard-write'],
    ...options,
  });
  await context.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) => {
      console.error(`CSP: ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}`);
    });
  });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  page.on('console', (message) => {
    if (message.type() === 'error' && !isExpected(message))
      faults.push(`console: ${message.text()} (${message.location().url} on ${page.url()})`);
  });
  page.on('pageerror', (error) => faults.push(`page: ${error.message}`));
  return page;
}

/** Browsers log every refusal; signed out, signed in too long ago, wrong values and choices in use are visited on purpose. */
function isExpected(message) {
  return (
    /status of (401|403|409|422)/.test(message.text()) && message.location().url.includes('/api/')
  );
}

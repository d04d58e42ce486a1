// Loaded before airtable-mcp-server, which has Airtable's addresses built in: what it sends there goes to ours instead.
const AIRTABLE = ['https://api.airtable.com', 'https://content.airtable.com'];
const { fetch } = globalThis;

globalThis.fetch = (url, options) => {
  const there = AIRTABLE.find((address) => url.startsWith(`${address}/`));
  if (there === undefined) {
    throw new Error(`nobody expected a call of ${url}`);
  }
  return fetch(process.env.AIRTABLE_ADDRESS + url.slice(there.length), options);
};

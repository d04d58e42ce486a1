// Loaded into airtable-mcp-server: its Airtable is the local stub, everything else is untouched.
const stub = process.env.AIRTABLE_STUB;
const fetchReally = globalThis.fetch;
globalThis.fetch = (url, options) => {
  const wanted = String(url);
  return fetchReally(wanted.replace('https://api.airtable.com', stub), options);
};

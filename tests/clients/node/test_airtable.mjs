// The real JavaScript client against our endpoint: plain asserts, in the order that a person would work.
import assert from 'node:assert/strict';
import Airtable from 'airtable';

const { PYAIRTABLE_URL: endpointUrl, PYAIRTABLE_KEY: apiKey, PYAIRTABLE_BASE: baseId } = process.env;
const PEOPLE = 'People / 人';
const MANY = 1234;
const BATCH = 10;

const base = new Airtable({ apiKey, endpointUrl }).base(baseId);
const tasks = base('Tasks');
const people = base(PEOPLE);

const steps = { reads, writes, upserts, filters, computed, batches, errors };
for (const [name, step] of Object.entries(steps)) {
  await step();
  console.log(`airtable.js ${name}: ok`);
}

async function reads() {
  const all = await tasks.select().all();
  assert.deepEqual(all.slice(0, 2).map((record) => record.get('Name')), ['Paint', 'Nail']);
  const found = await tasks.find('recTest0000000001');
  assert.equal(found.get('Hours'), 2.5);
  assert.deepEqual(found.get('Tags'), ['home']);
  const sorted = await tasks.select({ sort: [{ field: 'Name', direction: 'desc' }], fields: ['Name'] }).all();
  assert.equal(sorted[0].get('Name'), 'Paint');
  assert.deepEqual(Object.keys(sorted[0].fields), ['Name']);
  const byId = await tasks.select({ returnFieldsByFieldId: true, maxRecords: 1, view: 'Grid view' }).all();
  assert.equal(byId[0].fields.fldTest0000000001, 'Paint');
  const pages = [];
  await tasks.select({ pageSize: 2 }).eachPage((records, next) => {
    pages.push(records.length);
    next();
  });
  assert.deepEqual(pages, [2, 1]);
  const posted = await tasks.select({ method: 'post', fields: ['Name'], sort: [{ field: 'Name' }] }).all();
  assert.equal(posted[0].get('Name'), 'Nail');
  assert.equal((await people.select().all()).length, 2);
}

async function writes() {
  const made = await tasks.create({ Name: 'Saw', Hours: 1 });
  assert.match(made.id, /^rec[0-9A-Za-z]{14}$/);
  const patched = await tasks.update(made.id, { Hours: 4, Owner: ['recTest0000000012'] });
  assert.equal(patched.get('Name'), 'Saw');
  const linked = await people.find('recTest0000000012');
  assert.deepEqual(linked.get('Tasks'), [made.id]);
  const replaced = await tasks.replace(made.id, { Name: 'Saw again' });
  assert.equal(replaced.get('Hours'), undefined);
  replaced.set('Hours', 8);
  const saved = await replaced.patchUpdate({ Hours: 8 });
  assert.equal(saved.get('Hours'), 8);
  const typed = await tasks.create([{ fields: { Name: 'Typed', Hours: '3.5' } }], { typecast: true });
  assert.equal(typed[0].get('Hours'), 3.5);
  const gone = await tasks.destroy([made.id, typed[0].id]);
  assert.deepEqual(gone.map((record) => record.id), [made.id, typed[0].id]);
}

async function upserts() {
  const options = { performUpsert: { fieldsToMergeOn: ['Name'] } };
  const rows = [{ fields: { Name: 'Glue', Hours: 1 } }, { fields: { Name: 'Nail', Hours: 9 } }];
  await tasks.update(rows, options);
  await tasks.update(rows, options);
  const all = await tasks.select({ fields: ['Name'] }).all();
  const glue = all.filter((record) => record.get('Name') === 'Glue');
  assert.equal(glue.length, 1);
  await tasks.destroy(glue[0].id);
}

async function filters() {
  const odd = ['it\'s "odd"', 'back\\slash', '{braces}, commas', 'ünï 人 🚀'];
  const made = await tasks.create(odd.map((Name, n) => ({ fields: { Name, Hours: n, Due: `2024-05-0${n + 1}`, Tags: n % 2 ? ['home', 'work'] : [] } })));
  const kept = async (formula) => {
    const records = await tasks.select({ filterByFormula: `AND(${formula}, {Due} > '2024-04-30')`, sort: [{ field: 'Due' }] }).all();
    return records.map((record) => odd.indexOf(record.get('Name')));
  };
  const quoted = (text) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
  for (const [n, name] of odd.entries()) assert.deepEqual(await kept(`{Name} = ${quoted(name)}`), [n], name);
  const cases = {
    'OR({Hours} = 0, {Hours} > 2)': [0, 3],
    "FIND('work', {Tags})": [1, 3],
    "IS_BEFORE({Due}, '2024-05-03')": [0, 1],
    "DATETIME_FORMAT({Due}, 'DD.MM.') = '03.05.'": [2],
    "REGEX_MATCH({Name}, '[{}]')": [2],
    'NOT({Hours})': [0],
  };
  for (const [formula, wanted] of Object.entries(cases)) assert.deepEqual(await kept(formula), wanted, formula);
  const long = `OR(${made.map((record) => `RECORD_ID() = '${record.id}'`).join()}, ${Array(900).fill("RECORD_ID() = 'rec00000000000000'").join()})`;
  assert.ok(long.length > 16_000);
  assert.equal((await tasks.select({ filterByFormula: long }).all()).length, odd.length);
  await refused(422, 'INVALID_FILTER_BY_FORMULA', tasks.select({ filterByFormula: '{Nope}' }).all());
  await tasks.destroy(made.map((record) => record.id));
}

async function computed() {
  // airtable.js makes no fields.
  const add = async (table, name, type, options) => {
    const answer = await fetch(`${endpointUrl}/v0/meta/bases/${baseId}/tables/${table}/fields`, {
      method: 'POST',
      headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({ name, type, options }),
    });
    assert.equal(answer.status, 200, await answer.clone().text());
    return (await answer.json()).id;
  };
  const minutes = await add('tblTest0000000001', 'Minutes', 'formula', { formula: '{Hours} * 60' });
  const link = { recordLinkFieldId: 'fldTest0000000013' };
  await add('tblTest0000000002', 'Load', 'rollup', { ...link, fieldIdInLinkedTable: minutes, formula: 'SUM(values)' });
  await add('tblTest0000000002', 'What', 'multipleLookupValues', { ...link, fieldIdInLinkedTable: 'fldTest0000000001' });
  await add('tblTest0000000002', 'How many', 'count', link);
  const zoe = await people.create({ Name: 'Zoe' });
  assert.deepEqual([zoe.get('Load'), zoe.get('What'), zoe.get('How many')], [0, undefined, 0]);
  const [one, two] = await tasks.create([{ fields: { Name: 'One', Hours: 1, Owner: [zoe.id] } }, { fields: { Name: 'Two', Hours: 0.5, Owner: [zoe.id] } }]);
  assert.deepEqual([one.get('Minutes'), two.get('Minutes')], [60, 30]);
  const filled = await people.find(zoe.id);
  assert.deepEqual([filled.get('Load'), filled.get('What'), filled.get('How many')], [90, ['One', 'Two'], 2]);
  assert.equal((await one.patchUpdate({ Hours: 3 })).get('Minutes'), 180);
  const [busy] = await people.select({ filterByFormula: '{Load} > 200', fields: ['Name'] }).all();
  assert.equal(busy.id, zoe.id);
  await refused(422, 'INVALID_VALUE_FOR_COLUMN', tasks.update(one.id, { Minutes: 1 }));
  await tasks.destroy([one.id, two.id]);
  assert.equal((await people.find(zoe.id)).get('Load'), 0);
  await people.destroy(zoe.id);
}

async function batches() {
  const before = (await tasks.select().all()).length;
  const rows = Array.from({ length: MANY }, (_, n) => ({ fields: { Name: `Bulk ${n}`, Hours: n } }));
  const made = [];
  for (const chunk of chunks(rows)) made.push(...(await tasks.create(chunk)));
  assert.equal(new Set(made.map((record) => record.id)).size, MANY);
  const all = await tasks.select().all();
  assert.equal(all.length, before + MANY);
  const hours = new Map(all.map((record) => [record.id, record.get('Hours')]));
  made.forEach((record, n) => assert.equal(hours.get(record.id), n));
  for (const chunk of chunks(made)) await tasks.destroy(chunk.map((record) => record.id));
  assert.equal((await tasks.select().all()).length, before);
}

async function errors() {
  await refused(422, 'INVALID_VALUE_FOR_COLUMN', tasks.create({ Hours: 'many' }));
  await refused(422, 'UNKNOWN_FIELD_NAME', tasks.create({ 'No such field': 1 }));
  await refused(403, 'NOT_AUTHORIZED', tasks.find('recDoesNotExist01'));
  await refused(403, 'NOT_AUTHORIZED', base('No such table').select().all());
  const stranger = new Airtable({ apiKey: 'wrong', endpointUrl }).base(baseId)('Tasks');
  await refused(401, 'AUTHENTICATION_REQUIRED', stranger.select().all());
}

async function refused(status, kind, call) {
  const error = await call.then(() => assert.fail(`${kind} was not raised`), (raised) => raised);
  assert.equal(error.statusCode, status, `${error}`);
  assert.equal(error.error, kind, `${error}`);
}

function* chunks(rows) {
  for (let at = 0; at < rows.length; at += BATCH) yield rows.slice(at, at + BATCH);
}

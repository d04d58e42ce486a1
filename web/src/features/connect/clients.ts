export interface Client {
  id: string;
  label: string;
  file: string;
  code: (origin: string, key: string) => string;
}

const json = (value: unknown) => JSON.stringify(value, null, 2);
const bearer = (key: string) => ({ Authorization: `Bearer ${key}` });

export const CLIENTS: Client[] = [
  {
    id: 'claude-desktop',
    label: 'Claude Desktop',
    file: 'claude_desktop_config.json',
    code: (origin, key) =>
      json({
        mcpServers: {
          pyairtable: {
            command: 'npx',
            // biome-ignore lint/suspicious/noTemplateCurlyInString: mcp-remote fills this in from env
            args: ['-y', 'mcp-remote', `${origin}/mcp`, '--header', 'Authorization:${AUTH}'],
            env: { AUTH: `Bearer ${key}` },
          },
        },
      }),
  },
  {
    id: 'claude-code',
    label: 'Claude Code',
    file: 'Terminal',
    code: (origin, key) =>
      `claude mcp add --transport http pyairtable ${origin}/mcp \\\n  --header "Authorization: Bearer ${key}"`,
  },
  {
    id: 'cursor',
    label: 'Cursor',
    file: '.cursor/mcp.json',
    code: (origin, key) =>
      json({ mcpServers: { pyairtable: { url: `${origin}/mcp`, headers: bearer(key) } } }),
  },
  {
    id: 'vscode',
    label: 'VS Code',
    file: '.vscode/mcp.json',
    code: (origin, key) =>
      json({
        servers: { pyairtable: { type: 'http', url: `${origin}/mcp`, headers: bearer(key) } },
      }),
  },
  {
    id: 'mcp',
    label: 'MCP JSON',
    file: 'Any MCP client, on the machine of the server (stdio)',
    code: (_, key) =>
      json({
        mcpServers: {
          pyairtable: {
            command: 'pyairtable',
            args: ['mcp', '--data-dir', '/path/to/data'],
            env: { PYAIRTABLE_API_KEY: key },
          },
        },
      }),
  },
  {
    id: 'pyairtable',
    label: 'pyairtable',
    file: 'Python',
    code: (origin, key) =>
      [
        'from pyairtable import Api',
        '',
        `api = Api("${key}", endpoint_url="${origin}")`,
        'for base in api.bases():',
        '    print(base.id, base.name)',
      ].join('\n'),
  },
  {
    id: 'airtable-js',
    label: 'airtable.js',
    file: 'Node',
    code: (origin, key) =>
      [
        "import Airtable from 'airtable';",
        '',
        'const airtable = new Airtable({',
        `  apiKey: '${key}',`,
        `  endpointUrl: '${origin}',`,
        '});',
        "const records = await airtable.base('appYourBaseId')('Table name').select().firstPage();",
      ].join('\n'),
  },
  {
    id: 'curl',
    label: 'curl',
    file: 'Terminal',
    code: (origin, key) =>
      `curl ${origin}/v0/meta/bases \\\n  --header "Authorization: Bearer ${key}"`,
  },
];

/** One-click install links; both editors take the settings inside the link. */
export function installLink(clientId: string, origin: string, key: string): string | undefined {
  const config = { url: `${origin}/mcp`, headers: bearer(key) };
  if (clientId === 'cursor') {
    const query = new URLSearchParams({ name: 'pyairtable', config: btoa(JSON.stringify(config)) });
    return `cursor://anysphere.cursor-deeplink/mcp/install?${query}`;
  }
  if (clientId === 'vscode') {
    const server = JSON.stringify({ name: 'pyairtable', type: 'http', ...config });
    return `vscode:mcp/install?${encodeURIComponent(server)}`;
  }
  return undefined;
}

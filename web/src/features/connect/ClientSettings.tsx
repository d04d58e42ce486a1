import { Button, Tabs } from '@mantine/core';
import { en } from '@/locales/en';
import { CodeBlock } from '@/ui/CodeBlock';
import classes from './ConnectPage.module.css';
import { CLIENTS, installLink } from './clients';

const t = en.connect;
const PLACEHOLDER = 'YOUR_KEY';

export function ClientSettings({ apiKey }: { apiKey?: string }) {
  const { origin } = window.location;
  const key = apiKey ?? PLACEHOLDER;
  return (
    <Tabs defaultValue={CLIENTS[0]?.id} variant="pills" keepMounted={false}>
      <Tabs.List className={classes.tabs} aria-label={t.clients}>
        {CLIENTS.map((client) => (
          <Tabs.Tab key={client.id} value={client.id}>
            {client.label}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      {CLIENTS.map((client) => (
        <Tabs.Panel key={client.id} value={client.id}>
          <CodeBlock title={client.file} code={client.code(origin, key)} />
          {apiKey && (
            <InstallButton clientId={client.id} href={installLink(client.id, origin, key)} />
          )}
        </Tabs.Panel>
      ))}
      {!apiKey && <p className={classes.note}>{t.placeholderNote}</p>}
    </Tabs>
  );
}

function InstallButton({ clientId, href }: { clientId: string; href?: string }) {
  if (!href) return null;
  return (
    <Button component="a" href={href} mt="sm" variant="light">
      {clientId === 'cursor' ? t.addToCursor : t.addToVsCode}
    </Button>
  );
}

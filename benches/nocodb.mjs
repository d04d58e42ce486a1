// NocoDB on a port of its own; its data are where NC_TOOL_DIR says.
import { createServer } from 'node:http';
import express from 'express';
import nocodb from 'nocodb';

const app = express();
const server = createServer(app);
app.use(await nocodb.Noco.init({}, server, app));
server.listen(Number(process.argv[2]), '127.0.0.1');

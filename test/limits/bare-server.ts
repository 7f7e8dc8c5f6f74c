/** What Node itself takes for connections: accepts them, reads, and keeps nothing. `bare-server.ts PORT` */
import { createServer } from 'node:net';

const server = createServer({ noDelay: true, keepAlive: true }, (socket) => {
  socket.on('error', () => {});
  socket.resume();
});
server.listen(Number(process.argv[2]), '127.0.0.1', 1024, () => console.log('ready'));

import { int, list, long, text } from './row.ts';

/** Listeners, connections, sockets. */
export const networkRows = {
  listeners: list({
    default: ['PLAINTEXT://127.0.0.1:9092'],
    doc: 'Where to listen: NAME://HOST:PORT, with commas between. An empty host is every address of the machine.',
    differs: 'Kafka listens on every address; nobody should reach a broker without authentication unasked.',
  }),
  'advertised.listeners': list({
    default: [],
    doc: 'Where clients are told to connect, by listener; one not named here tells each client the address it dialled.',
    differs: 'Kafka takes listeners; the dialled address works from everywhere the client came from.',
  }),
  'listener.security.protocol.map': list({
    default: [],
    doc: 'NAME:PROTOCOL for a listener whose name is no security protocol. Only PLAINTEXT is served.',
    differs: "Kafka's default lists the four protocols under their own names, which always holds here.",
  }),
  'controller.listener.names': list({
    default: [],
    doc: 'Listeners of a Kafka controller. They are not opened: this broker needs none.',
  }),
  'skerry.listeners.legacy': list({
    default: [],
    doc: 'Names from listeners: those that also serve clients from before Kafka 0.11, as old-gear.md says.',
  }),
  'socket.request.max.bytes': int({
    default: 104857600,
    min: 1,
    doc: 'The largest request; the connection of a client that sends more is closed.',
  }),
  'skerry.request.max.bytes': int({
    default: 16_777_216,
    min: 1024,
    doc: 'The same for requests of all APIs but Produce, which alone carry records; what is smaller of the two holds.',
  }),
  'socket.send.buffer.bytes': int({
    default: 102400,
    doc: "The system's buffer for sending, by connection; -1 leaves it to the system.",
  }),
  'socket.receive.buffer.bytes': int({
    default: 102400,
    doc: "The system's buffer for receiving, by connection; -1 leaves it to the system.",
  }),
  'socket.listen.backlog.size': int({
    default: 50,
    min: 1,
    doc: 'Connections that may wait to be accepted.',
  }),
  'max.connections': int({
    default: 2147483647,
    min: 0,
    doc: 'Open connections at once; one too many is closed, where Kafka lets it wait. See limits.md.',
  }),
  'skerry.connections.reserved': int({
    default: 10,
    min: 0,
    doc: 'Connections from this machine that are let in beyond max.connections, so that an operator is never kept out.',
  }),
  'max.connections.per.ip': int({
    default: 2147483647,
    min: 0,
    doc: 'Open connections at once from one address; one too many is closed.',
  }),
  'max.connections.per.ip.overrides': text({
    default: '',
    doc: 'Other bounds for some addresses: HOST:COUNT, with commas between.',
  }),
  'max.connection.creation.rate': int({
    default: 2147483647,
    min: 0,
    doc: 'Connections served anew in a second, over the windows of quotas; those too many wait for their turn.',
  }),
  'connections.max.idle.ms': long({
    default: 600000,
    doc: 'A connection on which nothing was asked or answered for so long is closed; a negative number: none is.',
  }),
  'skerry.connections.first.request.ms': long({
    default: 30_000,
    min: 1000,
    doc: 'A connection whose first request is not there whole within this time is closed, however its bytes trickle.',
  }),
  'skerry.connections.stall.ms': long({
    default: 30_000,
    min: 1000,
    doc: 'A connection that takes no byte of an answer for so long is closed.',
  }),
} as const;

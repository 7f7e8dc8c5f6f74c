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
  'max.connections': int({ default: 2147483647, min: 0, doc: 'Open connections at once.' }),
  'max.connections.per.ip': int({ default: 2147483647, min: 0, doc: 'Open connections at once from one address.' }),
  'max.connections.per.ip.overrides': text({
    default: '',
    doc: 'Other bounds for some addresses: HOST:COUNT, with commas between.',
  }),
  'max.connection.creation.rate': int({ default: 2147483647, min: 0, doc: 'Connections accepted in a second.' }),
  'connections.max.idle.ms': long({ default: 600000, doc: 'A connection silent for so long is closed.' }),
} as const;

import { codec, metadataRequest, metadataResponse, Reader, Writer } from '@skerry/wire';
import { expect, test } from 'vitest';
import type { Context } from '../src/context.ts';
import { type Handler, route } from '../src/handler.ts';

test('an answer and a refusal that the version cannot carry close one connection, and end nothing', () => {
  const unspeakable = { topics: [{ name: null }] };
  const handler: Handler<unknown, typeof unspeakable> = {
    request: metadataRequest,
    response: metadataResponse,
    versions: [0, 13],
    handle: (_request, _context, reply) => reply(unspeakable),
    refuse: () => unspeakable,
  };
  const writer = new Writer();
  codec(metadataRequest, 10).write(writer, { topics: [] });
  const body = new Uint8Array(writer.finish().flatMap((part) => [...(part as Uint8Array)]));
  const events: string[] = [];
  const context = {
    report: ({ kind }: { kind: string }) => events.push(kind),
    client: { disconnect: (reason: string) => events.push(reason) },
  } as unknown as Context;

  const answers: unknown[] = [];
  route(handler).open(new Reader(body), 10)(context, 1, (parts) => answers.push(parts));

  expect(answers).toEqual([undefined]);
  expect(events).toEqual(['handlerFailed', 'no answer that MetadataRequest v10 can carry']);
});

import type { Handler } from '../Wire.js';

export const commOpen: Handler = async (request, wire) => {
  wire.comms.open(request, await wire.engine());
  return null;
};

export const commMessage: Handler = async (request, wire) => {
  // Waits like an open does, so that messages stay behind the open that they follow.
  await wire.engine();
  wire.comms.message(request);
  return null;
};

export const commClose: Handler = async (request, wire) => {
  await wire.engine();
  wire.comms.closed(request);
  return null;
};

export const commInfo: Handler = async (request, wire) => {
  await wire.engine();
  const target = request.content.target_name;
  const comms = wire.comms.list(typeof target === 'string' ? target : undefined);
  return { content: { status: 'ok', comms } };
};

import { PROTOCOL_VERSION } from '../message.js';
import type { Handler } from '../Wire.js';

export const kernelInfo: Handler = (_request, wire) => {
  const info = wire.info();
  return {
    content: {
      status: 'ok',
      protocol_version: PROTOCOL_VERSION,
      implementation: info.implementation,
      implementation_version: info.implementationVersion,
      language_info: info.languageInfo,
      banner: info.banner,
      help_links: info.helpLinks,
      debugger: false,
    },
  };
};

export const connect: Handler = (_request, wire) => {
  const { shell, iopub, stdin, control, hb } = wire.connection.ports;
  return {
    content: {
      status: 'ok',
      shell_port: shell,
      iopub_port: iopub,
      stdin_port: stdin,
      control_port: control,
      hb_port: hb,
    },
  };
};

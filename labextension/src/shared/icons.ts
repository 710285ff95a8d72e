import { LabIcon } from '@jupyterlab/ui-components';

const svg = (body: string) =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="16" height="16" viewBox="0 0 16 16"><g class="jp-icon3" fill="#616161">${body}</g></svg>`;

export const worldlineIcon = new LabIcon({
  name: 'worldline:worldline',
  svgstr: svg(
    '<path d="M4.25 5h1.5v6h-1.5z"/><circle cx="5" cy="3.5" r="2"/><circle cx="5" cy="12.5" r="2"/><circle cx="11.5" cy="5.5" r="2"/><path d="M10.75 7h1.5c0 2.9-2.3 4.2-6.5 4.4V9.9c3.500-.2 5-1.100 5-2.900z"/>',
  ),
});

export const branchIcon = new LabIcon({
  name: 'worldline:branch',
  svgstr: svg(
    '<path d="M3.250 4h1.5v8h-1.500z"/><circle cx="4" cy="13" r="1.800"/><path d="M4 9.500C9 9.300 10.200 8 10.300 6h1.500c-.1 3-2.300 4.900-7.800 5z"/><path d="M11 1l3.200 4H7.800z"/>',
  ),
});

export const compareIcon = new LabIcon({
  name: 'worldline:compare',
  svgstr: svg('<path d="M2 2h5v12H2zm1.300 1.300v9.400h2.400V3.300z"/><path d="M9 2h5v12H9z"/>'),
});

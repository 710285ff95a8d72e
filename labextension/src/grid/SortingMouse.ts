import { BasicMouseHandler, type DataGrid } from '@lumino/datagrid';

/** How near to a column's edge, in pixels, a press means resizing. */
const EDGE = 6;

/** The usual mouse, and a click on a column's heading sorts by it. */
export class SortingMouse extends BasicMouseHandler {
  constructor(private readonly onHeading: (column: number) => void) {
    super();
  }

  override onMouseDown(grid: DataGrid, event: MouseEvent): void {
    const hit = grid.hitTest(event.clientX, event.clientY);
    const onHeading =
      hit.region === 'column-header' && event.button === 0 && hit.x > EDGE && hit.x < hit.width - EDGE;
    if (onHeading) this.onHeading(hit.column);
    else super.onMouseDown(grid, event);
  }
}

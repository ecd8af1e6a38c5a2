// CSV as in RFC 4180.

/** A row and the line of the file on which it begins, from 1. */
export interface Row {
  line: number;
  cells: string[];
}

/** Reads rows. Lines may end in CR LF, LF or CR; empty lines are left out. */
export function parseCSV(text: string): Row[] {
  const rows: Row[] = [];
  const cell = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|\n|\r|$)/y;
  let row: Row = { line: 1, cells: [] };
  let line = 1;
  cell.lastIndex = text.startsWith("\ufeff") ? 1 : 0;
  while (cell.lastIndex < text.length || row.cells.length > 0) {
    const at = cell.lastIndex;
    const found = cell.exec(text);
    if (!found) throw new SyntaxError(`Line ${line}: the quotation marks do not match.`);
    const [whole, quoted, plain = "", end = ""] = found;
    row.cells.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    line += whole.match(/\r\n|\n|\r/g)?.length ?? 0;
    if (end === ",") {
      if (cell.lastIndex < text.length) continue;
      row.cells.push(""); // the file ends in a comma
    }
    if (row.cells.length > 1 || row.cells[0] !== "" || quoted !== undefined) rows.push(row);
    row = { line, cells: [] };
    if (cell.lastIndex >= text.length || at === text.length) break;
  }
  return rows;
}

/** Writes a line. Cells with a comma, a quotation mark or a line end are put in quotation marks. */
export const writeCSV = (cells: readonly string[]) => `${cells.map((cell) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(",")}\n`;

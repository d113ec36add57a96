package dev.remora.sidecar.cli;

import java.util.ArrayList;
import java.util.List;

/// Rows of as many cells each, every cell filled up to the widest of its column and two more spaces.
public final class Table {
    private final boolean isRagged;
    private final List<List<String>> rows = new ArrayList<>();

    public Table() {
        this(false);
    }

    private Table(boolean isRagged) {
        this.isRagged = isRagged;
    }

    /// One whose rows end with their last cell.
    static Table ragged() {
        return new Table(true);
    }

    public void row(String... cells) {
        rows.add(List.of(cells));
    }

    /// The rows, each with the end of its line.
    public String text() {
        StringBuilder out = new StringBuilder();
        appendTo(out);
        return out.toString();
    }

    void appendTo(StringBuilder out) {
        int columns = rows.isEmpty() ? 0 : rows.getFirst().size();
        int[] widths = new int[columns];
        for (List<String> row : rows) {
            for (int i = 0; i < columns; i++) {
                String cell = row.get(i);
                widths[i] = Math.max(widths[i], cell.codePointCount(0, cell.length()) + 2);
            }
        }
        for (List<String> row : rows) {
            for (int i = 0; i < columns; i++) {
                boolean isOpen = isRagged && i == columns - 1;
                out.append(GoText.pad(row.get(i), isOpen ? 0 : widths[i]));
            }
            out.append('\n');
        }
    }
}

package dev.remora.sidecar.server;

import java.util.ArrayList;
import java.util.List;

/// A table with ` | ` between its columns, for people and for `cut -d'|'`. A cell may have several lines.
final class Columns {
    private final List<List<String>> rows = new ArrayList<>();
    private final int[] widths;

    Columns(String... heads) {
        widths = new int[heads.length];
        row(heads);
    }

    void row(String... cells) {
        int height = 1;
        for (String cell : cells) {
            height = Math.max(height, cell.split("\n", -1).length);
        }
        for (int line = 0; line < height; line++) {
            List<String> row = new ArrayList<>();
            for (int i = 0; i < cells.length; i++) {
                String[] lines = cells[i].split("\n", -1);
                String text = line < lines.length ? lines[line] : "";
                widths[i] = Math.max(widths[i], length(text));
                row.add(text);
            }
            rows.add(row);
        }
    }

    /// The rows, each with the end of its line.
    String text() {
        StringBuilder out = new StringBuilder();
        for (List<String> row : rows) {
            for (int i = 0; i < row.size(); i++) {
                String cell = row.get(i);
                out.append(i == 0 ? "" : " | ").append(cell);
                out.append(" ".repeat(widths[i] - length(cell)));
            }
            out.append('\n');
        }
        return out.toString();
    }

    private static int length(String text) {
        return text.codePointCount(0, text.length());
    }
}

package dev.remora.lab.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// The results, one row a measure: each candidate's median with the lowest and highest of the rounds, and how many
/// times better Remora is.
final class Table {
    private final List<List<String>> rows = new ArrayList<>();

    Table(Map<Candidate, Samples> results) {
        List<String> head = new ArrayList<>(List.of("", "unit"));
        results.keySet().forEach(candidate -> head.add(candidate.label()));
        boolean both = results.size() == Candidate.values().length;
        if (both) {
            head.add("Remora is better by");
        }
        rows.add(head);
        for (Measure measure : Measure.values()) {
            List<String> row = new ArrayList<>(List.of(measure.label(), measure.unit()));
            results.values().forEach(samples -> row.add(cell(samples.summary(measure))));
            if (both) {
                row.add(advantage(measure, results));
            }
            rows.add(row);
        }
    }

    private static String cell(Optional<Samples.Summary> summary) {
        return summary.map(it ->
                        "%s (%s–%s)"
                                .formatted(number(it.median()), number(it.min()), number(it.max())))
                .orElse("–");
    }

    private static String advantage(Measure measure, Map<Candidate, Samples> results) {
        var theirs = samplesOf(Candidate.TAILSCALED, results).summary(measure);
        var ours = samplesOf(Candidate.REMORA, results).summary(measure);
        if (theirs.isEmpty() || ours.isEmpty()) {
            return "–";
        }
        double times = measure.advantage(ours.get().median(), theirs.get().median());
        return "× " + number(times);
    }

    private static Samples samplesOf(Candidate candidate, Map<Candidate, Samples> results) {
        return results.getOrDefault(candidate, new Samples());
    }

    /// Three digits that count.
    private static String number(double value) {
        String format = value >= 100 ? "%,.0f" : value >= 10 ? "%.1f" : "%.2f";
        return String.format(Locale.ROOT, format, value);
    }

    /// For a terminal.
    String plain() {
        int[] widths = new int[rows.getFirst().size()];
        for (List<String> row : rows) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        StringBuilder out = new StringBuilder();
        for (List<String> row : rows) {
            for (int i = 0; i < widths.length; i++) {
                out.append(row.get(i)).repeat(' ', widths[i] - row.get(i).length() + 2);
            }
            out.append('\n');
        }
        return out.toString();
    }

    /// For `docs/performance.md`.
    String markdown() {
        StringBuilder out = new StringBuilder();
        for (List<String> row : rows) {
            out.append("| ").append(String.join(" | ", row)).append(" |\n");
        }
        String rule = "|" + " --- |".repeat(rows.getFirst().size()) + "\n";
        return out.insert(out.indexOf("\n") + 1, rule).toString();
    }
}

package dev.remora.lab.bench;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What one candidate reached, one value a round.
final class Samples {
    private final Map<Measure, List<Double>> values = new EnumMap<>(Measure.class);

    /// The middle of the values and how far they spread.
    record Summary(double median, double min, double max) {}

    void add(Measure measure, double value) {
        values.computeIfAbsent(measure, key -> new ArrayList<>()).add(value);
    }

    /// Empty if no round got that far.
    Optional<Summary> summary(Measure measure) {
        List<Double> sorted = values.getOrDefault(measure, List.of()).stream().sorted().toList();
        if (sorted.isEmpty()) {
            return Optional.empty();
        }
        double median = (sorted.get((sorted.size() - 1) / 2) + sorted.get(sorted.size() / 2)) / 2;
        return Optional.of(new Summary(median, sorted.getFirst(), sorted.getLast()));
    }
}

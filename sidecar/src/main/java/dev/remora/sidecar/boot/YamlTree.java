package dev.remora.sidecar.boot;

import dev.remora.sidecar.boot.FileValue.Place;
import dev.remora.sidecar.boot.FileValue.Problem;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.Node;

/// Reads YAML 1.2 into nodes that know their places. No value becomes an object of ours here, so a tag in the text has nothing to name; and what could grow without bound is refused before it is
/// built: depth, since the library recurses, and aliases, by which a short text stands for a long one.
final class YamlTree {
    static final int MAX_CHARS = 256 << 10;

    /// Deeper than anything a configuration needs.
    private static final int MAX_DEPTH = 16;

    private static final int MAX_ALIASES = 32;

    private final String file;
    private final LoadSettings settings;

    /// The text is no YAML, or too much of it.
    static final class BrokenException extends Exception {
        private static final long serialVersionUID = 1L;

        private final transient Problem problem;

        BrokenException(Problem problem) {
            super(problem.toString(), null, false, false);
            this.problem = problem;
        }

        Problem problem() {
            return problem;
        }
    }

    private YamlTree(String file) {
        this.file = file;
        this.settings =
                LoadSettings.builder()
                        .setLabel(file)
                        .setCodePointLimit(MAX_CHARS)
                        .setMaxAliasesForCollections(MAX_ALIASES)
                        .setAllowDuplicateKeys(true) // told apart by us, with their places
                        .setAllowNonScalarKeys(true) // so are these
                        .setAllowRecursiveKeys(false)
                        .build();
    }

    /// The root; empty for a text that says nothing.
    ///
    /// @param file what the text is called where something is wrong
    static Optional<Node> read(String file, String text) throws BrokenException {
        return new YamlTree(file).read(text);
    }

    static Place place(String file, Node node) {
        return node.getStartMark().map(mark -> place(file, mark)).orElse(new Place(file, 0, 0));
    }

    private static Place place(String file, Mark mark) {
        return new Place(file, mark.getLine() + 1, mark.getColumn() + 1);
    }

    private Optional<Node> read(String text) throws BrokenException {
        if (text.length() > MAX_CHARS) {
            throw new BrokenException(
                    new Place(file, 0, 0).problem("the file is too large for a configuration"));
        }
        try {
            checkShape(text);
            return new Compose(settings).composeString(text);
        } catch (MarkedYamlEngineException e) {
            Place place =
                    e.getProblemMark().map(mark -> place(file, mark)).orElse(new Place(file, 0, 0));
            throw new BrokenException(place.problem("this is no YAML: " + e.getProblem()));
        } catch (YamlEngineException e) {
            throw new BrokenException(new Place(file, 0, 0).problem("the file is no YAML"));
        }
    }

    private void checkShape(String text) throws BrokenException {
        int depth = 0;
        int aliases = 0;
        int documents = 0;
        for (Event event : new Parse(settings).parseString(text)) {
            switch (event.getEventId()) {
                case MappingStart, SequenceStart -> depth++;
                case MappingEnd, SequenceEnd -> depth--;
                case Alias -> aliases++;
                case DocumentStart -> documents++;
                case Scalar, Comment, DocumentEnd, StreamStart, StreamEnd -> {}
            }
            if (depth > MAX_DEPTH || aliases > MAX_ALIASES || documents > 1) {
                String what =
                        documents > 1
                                ? "a second document begins here; there is one configuration"
                                : depth > MAX_DEPTH
                                        ? "this is nested too deeply"
                                        : "there are too many aliases";
                Place place =
                        event.getStartMark()
                                .map(mark -> place(file, mark))
                                .orElse(new Place(file, 0, 0));
                throw new BrokenException(place.problem(what));
            }
        }
    }
}

package dev.remora.sidecar.boot;

import dev.remora.base.Unicode;
import dev.remora.sidecar.boot.FileValue.Problem;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/// Finds the settings in the YAML of a configuration file, and everything that is wrong with it at once, each with its place.
final class YamlSettings {
    private static final int MAX_SHOWN = 40;

    private final String file;
    private final Map<Setting, FileValue> found = new EnumMap<>(Setting.class);
    private final List<Problem> problems = new ArrayList<>();

    /// One value of a list, or the one that there is.
    ///
    /// @param text empty for what is no single value
    private record Entry(Optional<String> text, Node at) {}

    private YamlSettings(String file) {
        this.file = file;
    }

    /// @param file what the text is called where something is wrong
    /// @throws InvalidSettingsException with everything that is wrong, in the order of the text
    static Map<Setting, FileValue> read(String file, String text) throws InvalidSettingsException {
        YamlSettings reader = new YamlSettings(file);
        try {
            Optional<Node> root = YamlTree.read(file, text);
            root.ifPresent(node -> reader.group("", node));
        } catch (YamlTree.BrokenException e) {
            reader.problems.add(e.problem());
        }
        if (!reader.problems.isEmpty()) {
            throw new InvalidSettingsException(reader.sentences());
        }
        return reader.found;
    }

    private List<String> sentences() {
        return problems.stream()
                .sorted(
                        Comparator.comparingInt((Problem each) -> each.place().line())
                                .thenComparingInt(each -> each.place().column()))
                .map(Problem::toString)
                .toList();
    }

    private void wrong(Node at, String sentence) {
        problems.add(YamlTree.place(file, at).problem(sentence));
    }

    /// @param path the group's key with a dot behind it; empty for the root
    private void group(String path, Node node) {
        if (isNothing(node)) {
            return;
        }
        if (!(node instanceof MappingNode mapping)) {
            wrong(
                    node,
                    (path.isEmpty() ? "a configuration" : path.substring(0, path.length() - 1))
                            + " is a group of keys: "
                            + keysIn(path));
            return;
        }
        Set<String> seen = new HashSet<>();
        for (NodeTuple member : mapping.getValue()) {
            Optional<String> key = scalar(member.getKeyNode());
            if (key.isEmpty()) {
                wrong(member.getKeyNode(), "a key is a word");
            } else if (!seen.add(key.get())) {
                wrong(member.getKeyNode(), path + key.get() + " is here for the second time");
            } else {
                member(path, key.get(), member);
            }
        }
    }

    private void member(String path, String key, NodeTuple member) {
        Optional<Setting> setting = Setting.of(path + key);
        if (setting.isPresent()) {
            value(setting.get(), member.getValueNode());
        } else if (path.isEmpty() && !keysIn(key + ".").isEmpty()) {
            group(key + ".", member.getValueNode());
        } else {
            wrong(member.getKeyNode(), unknown(path, key));
        }
    }

    private static String unknown(String path, String key) {
        String shown = key.length() > MAX_SHOWN ? key.substring(0, MAX_SHOWN) + "…" : key;
        String sentence = "there is no key " + path + shown;
        return NearestKey.to(path + key)
                .map(near -> sentence + "; did you mean " + near + "?")
                .orElseGet(() -> sentence + "; there are " + keysIn(path));
    }

    /// What may stand in a group: settings, and groups.
    private static String keysIn(String path) {
        return Arrays.stream(Setting.values())
                .map(Setting::key)
                .filter(key -> key.startsWith(path))
                .map(key -> key.substring(path.length()).replaceFirst("[.].*", ""))
                .distinct()
                .collect(Collectors.joining(", "));
    }

    private void value(Setting setting, Node node) {
        if (isNothing(node)) {
            wrong(node, setting.key() + " has no value: write one, or leave the key out");
            return;
        }
        List<Entry> entries = entries(setting.kind(), node);
        for (Entry entry : entries) {
            Optional<String> refusal =
                    entry.text.isPresent()
                            ? setting.kind().refusal(entry.text.get())
                            : Optional.of("is a " + setting.kind().words().replace("`", ""));
            refusal.ifPresent(why -> wrong(entry.at, setting.key() + " " + why));
        }
        String text =
                entries.stream()
                        .flatMap(entry -> entry.text.stream())
                        .collect(Collectors.joining(setting.kind().separator()));
        found.put(setting, new FileValue(text, YamlTree.place(file, node)));
    }

    private static List<Entry> entries(SettingKind kind, Node node) {
        if (kind.isList() && node instanceof SequenceNode sequence) {
            return sequence.getValue().stream().map(each -> new Entry(scalar(each), each)).toList();
        }
        if (kind == SettingKind.PORTS && node instanceof MappingNode mapping) {
            return mapping.getValue().stream().map(YamlSettings::port).toList();
        }
        return List.of(new Entry(scalar(node), node));
    }

    /// `80: localhost:5000` in a mapping is `tcp:80=localhost:5000` in a list.
    private static Entry port(NodeTuple member) {
        Optional<String> port =
                scalar(member.getKeyNode()).map(key -> key.contains(":") ? key : "tcp:" + key);
        Optional<String> target = scalar(member.getValueNode());
        return new Entry(
                port.flatMap(from -> target.map(to -> from + "=" + to)), member.getKeyNode());
    }

    private static Optional<String> scalar(Node node) {
        return node instanceof ScalarNode scalar && !isNothing(node)
                ? Optional.of(Unicode.mend(scalar.getValue()))
                : Optional.empty();
    }

    private static boolean isNothing(Node node) {
        return node instanceof ScalarNode && node.getTag().equals(Tag.NULL);
    }
}

package dev.remora.engine.netmap;

import dev.remora.base.MalformedException;
import dev.remora.proto.control.Capture;
import dev.remora.proto.control.ControlJson;
import dev.remora.proto.control.MapResponse;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// Folds a recorded story, and shows the map of each node as it is at the end of a step.
final class Story {
    static final Instant RECEIVED = Instant.parse("2026-11-22T14:50:00Z");

    private final List<Capture> messages;

    private Story(List<Capture> messages) {
        this.messages = messages.stream().filter(m -> m.kind().equals("map-frame")).toList();
    }

    static Story of(String name) {
        return new Story(Capture.story(name));
    }

    /// The maps of all nodes, by their name in the story.
    Map<String, NetMap> after(int step) throws MalformedException {
        Map<String, NetMap> maps = new HashMap<>();
        for (Capture message : messages) {
            if (message.step() <= step) {
                fold(maps, message);
            }
        }
        return maps;
    }

    NetMap after(int step, String node) throws MalformedException {
        return Objects.requireNonNull(after(step).get(node));
    }

    private static void fold(Map<String, NetMap> maps, Capture message) throws MalformedException {
        MapResponse response = ControlJson.read(MapResponse.class, message.body());
        NetMap before = maps.get(message.node());
        boolean first = message.text("frame").equals("0");
        maps.put(
                message.node(),
                first || before == null
                        ? NetMap.first(response, RECEIVED)
                        : before.apply(response, RECEIVED));
    }
}

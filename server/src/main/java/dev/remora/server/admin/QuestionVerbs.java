package dev.remora.server.admin;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.remora.base.MalformedException;
import dev.remora.proto.control.ControlJson;
import dev.remora.proto.control.PingResponse;
import dev.remora.server.model.Node;
import dev.remora.server.netmap.MapService;
import dev.remora.server.tailnet.Actor;
import dev.remora.server.tailnet.Refused;
import dev.remora.server.tailnet.Tailnet;
import java.io.IOException;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// `nodes/ping` and `nodes/ask`: what a node that is connected answers now. Nothing is changed by it.
final class QuestionVerbs {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Set<String> TYPES = Set.of("disco", "TSMP", "ICMP", "peerapi");

    private final Tailnet tailnet;
    private final MapService maps;

    QuestionVerbs(Tailnet tailnet, MapService maps) {
        this.tailnet = tailnet;
        this.maps = maps;
    }

    void addTo(Map<String, Verb> verbs) {
        verbs.put("nodes/ping", this::ping);
        verbs.put("nodes/ask", this::ask);
    }

    /// Of the node itself, or, with `to`, of another one by the node.
    private Object ping(Parameters parameters, Actor actor) throws Refused {
        Node node = NodeVerbs.find(tailnet, parameters.text("id"));
        Optional<String> to = parameters.given("to");
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("node", node.name().label());
        if (to.isEmpty()) {
            long start = System.nanoTime();
            answer(node, maps.ping(node.id(), "", "", PATIENCE));
            json.put("latency_seconds", (System.nanoTime() - start) / 1e9);
            return json;
        }
        String type = parameters.given("type").orElse("disco");
        if (!TYPES.contains(type)) {
            throw new Refused("'" + type + "' is none of disco, TSMP, ICMP and peerapi");
        }
        Node peer = NodeVerbs.find(tailnet, to.get());
        String ip = peer.addresses().ipv4().toString();
        byte[] pong = answer(node, maps.ping(node.id(), type, ip, PATIENCE));
        tell(json, node, peer, pong);
        return json;
    }

    private static void tell(Map<String, Object> json, Node node, Node peer, byte[] body)
            throws Refused {
        PingResponse pong;
        try {
            pong = ControlJson.read(PingResponse.class, body);
        } catch (MalformedException e) {
            throw new Refused(node.name().label() + " answers what nobody can read");
        }
        if (pong.err() != null && !pong.err().isEmpty()) {
            throw new Refused(
                    "%s does not reach %s: %s"
                            .formatted(node.name().label(), peer.name().label(), pong.err()));
        }
        json.put("to", peer.name().label());
        json.put("type", pong.type());
        json.put("latency_seconds", pong.latencySeconds());
        json.put("endpoint", pong.endpoint());
        json.put("derp_region_id", pong.derpRegionId());
        json.put("derp_region_code", pong.derpRegionCode());
    }

    /// What the node's client says to `GET` of a path: the whole HTTP response in base64.
    private Object ask(Parameters parameters, Actor actor) throws Refused {
        Node node = NodeVerbs.find(tailnet, parameters.text("id"));
        String path = parameters.text("path");
        if (!path.matches("/[!-~]*")) {
            throw new Refused("'" + path + "' is no path such as /debug/health");
        }
        String request = "GET " + path + " HTTP/1.1\r\nHost: node\r\nConnection: close\r\n\r\n";
        byte[] response =
                answer(node, maps.call(node.id(), request.getBytes(ISO_8859_1), PATIENCE));
        return Map.of("response", Base64.getEncoder().encodeToString(response));
    }

    private static byte[] answer(Node node, CompletableFuture<byte[]> asked) throws Refused {
        String name = node.name().label();
        try {
            return asked.get(PATIENCE.toMillis() + 1000, TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw new Refused(
                    e.getCause() instanceof IOException why
                            ? name + ": " + why.getMessage()
                            : name + " does not answer");
        } catch (TimeoutException e) {
            throw new Refused(name + " does not answer");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Refused("the server stops");
        }
    }
}

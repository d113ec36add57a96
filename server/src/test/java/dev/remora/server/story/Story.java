package dev.remora.server.story;

import dev.remora.base.Bytes32;
import dev.remora.base.IpPrefix;
import dev.remora.crypto.MachineKey;
import dev.remora.proto.control.AuthKey;
import dev.remora.proto.control.Capture;
import dev.remora.proto.control.ControlJson;
import dev.remora.proto.control.DnsConfig;
import dev.remora.proto.control.DnsRecord;
import dev.remora.proto.control.MapRequest;
import dev.remora.proto.control.MapResponse;
import dev.remora.proto.control.RegisterRequest;
import dev.remora.proto.control.RegisterResponse;
import dev.remora.server.model.Node;
import dev.remora.server.model.User;
import dev.remora.server.netmap.MapService;
import dev.remora.server.netmap.MapSettings;
import dev.remora.server.netmap.TailnetSource;
import dev.remora.server.tailnet.Actor;
import dev.remora.server.tailnet.KeyWish;
import dev.remora.server.tailnet.NewUser;
import dev.remora.server.tailnet.RelayMaps;
import dev.remora.server.tailnet.Tailnet;
import dev.remora.server.tailnet.TailnetSettings;
import dev.remora.server.tailnet.TestTailnet;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/// A recorded conversation, held again with a server of ours: every request of it in its order, and between them what people did.
final class Story implements AutoCloseable {
    private static final Actor ADMIN = new Actor("story");

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final List<Capture> messages;
    private final Differences differences;
    private final TestTailnet world;
    private final Tailnet tailnet;
    private final MapService maps;
    private final Map<String, AuthKey> keys = new HashMap<>();
    private final Map<String, Act> acts = new HashMap<>();
    private final Map<String, String> looks = new HashMap<>();
    private final Map<String, MachineKey> machines = new HashMap<>();
    private final Map<String, CompletableFuture<RegisterResponse>> answers = new HashMap<>();
    private final Map<String, Client> theirs = new HashMap<>();
    private final Map<String, Stream> streams = new HashMap<>();
    private final Map<String, String> polling = new LinkedHashMap<>();
    private final Map<String, List<String>> found = new LinkedHashMap<>();
    private String followup = "";

    /// What somebody does between two messages.
    interface Act {
        void run() throws Exception;
    }

    /// One map stream of ours, and when the server has no more to say on it.
    private record Stream(Client client, CompletableFuture<Void> end) {}

    Story(String name, String url, Path directory, Differences differences) throws Exception {
        this.messages = Capture.story(name);
        this.differences = differences;
        String host = url.replaceAll("https?://|:[0-9]+$", "");
        TailnetSettings settings = TailnetSettings.of(url, differences.domain());
        world = TestTailnet.in(directory, standard -> settings);
        tailnet = world.tailnet();
        MapSettings mapSettings =
                MapSettings.of(host, differences.domain(), settings.ipv4(), settings.ipv6())
                        .withWindow(Duration.ofMillis(1));
        maps = TailnetSource.serve(tailnet, mapSettings, world.timers.clock());
        for (Capture message : messages) {
            if (message.kind().equals("map-frame")) {
                takeOver(message.node(), ControlJson.read(MapResponse.class, message.body()));
            }
        }
    }

    /// What is not the server's doing: which machine a node is, and the relays.
    private void takeOver(String name, MapResponse told) {
        if (told.node() != null) {
            machines.put(name, Objects.requireNonNull(told.node().machine()));
        }
        if (told.derpMap() != null) {
            tailnet.relays(new RelayMaps(told.derpMap(), told.derpMap()));
        }
    }

    User user(String name, String display, String email, String picture) throws Exception {
        return tailnet.users().create(new NewUser(name, display, email, picture), ADMIN);
    }

    /// @param recorded an auth key as it stands in the recording, for which one of ours is made
    Story key(String recorded, KeyWish ours) throws Exception {
        keys.put(recorded, tailnet.authKeys().create(ours.build(), ADMIN).secret());
        return this;
    }

    void policy(String text) throws Exception {
        tailnet.policy().set(text, ADMIN);
    }

    /// The tailnet has one more name.
    void record(String name, String type, String value) {
        DnsRecord record = new DnsRecord(name, type, value);
        tailnet.dns(new DnsConfig(null, null, null, null, true, null, null, List.of(record), null));
    }

    void approve(String node, String... routes) throws Exception {
        Set<IpPrefix> approved = new HashSet<>();
        for (String route : routes) {
            approved.add(IpPrefix.parse(route));
        }
        tailnet.nodesAdmin().approveRoutes(node(node).id(), approved, ADMIN);
    }

    /// The node is deleted, and with it its stream ends, if it has one.
    void delete(String name) throws Exception {
        tailnet.nodesAdmin().delete(node(name).id(), ADMIN);
        String exchange = polling.remove(name);
        if (exchange != null) {
            streams.get(exchange).end().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        }
    }

    /// Has somebody do this before a message of the recording.
    Story before(String message, Act act) {
        acts.put(message, act);
        return this;
    }

    /// Compares what all who poll know, after a message: when the other server has told all that has happened.
    Story lookAfter(String message, String situation) {
        looks.put(message, situation);
        return this;
    }

    /// Plays it up to this message.
    ///
    /// @return what is different, by situation
    Map<String, List<String>> play(String last) throws Exception {
        for (Capture message : messages) {
            String number = message.toString().substring(0, 4);
            Act act = acts.get(number);
            if (act != null) {
                act.run();
            }
            play(message);
            if (looks.containsKey(number)) {
                look(looks.get(number));
            }
            if (number.equals(last)) {
                break;
            }
        }
        return found;
    }

    private void play(Capture message) throws Exception {
        switch (message.kind()) {
            case "register-request" -> register(message);
            case "register-response" -> answered(message);
            case "map-request" -> map(message);
            case "map-frame" -> frame(message);
            case "map-end" -> hangUp(message.text("exchange"));
            default -> {}
        }
    }

    private void register(Capture message) throws Exception {
        String json = new String(message.body(), StandardCharsets.UTF_8);
        for (Map.Entry<String, AuthKey> key : keys.entrySet()) {
            json = json.replace('"' + key.getKey() + '"', '"' + key.getValue().secret() + '"');
        }
        json = json.replaceFirst("\"Followup\":\"[^\"]+\"", "\"Followup\":\"" + followup + '"');
        RegisterRequest request =
                ControlJson.read(RegisterRequest.class, json.getBytes(StandardCharsets.UTF_8));
        CompletableFuture<RegisterResponse> answer = new CompletableFuture<>();
        answers.put(message.text("exchange"), answer);
        Thread.ofVirtual()
                .start(() -> {
                    try {
                        answer.complete(tailnet.register(machine(message.node()), request));
                    } catch (Exception e) {
                        answer.completeExceptionally(e);
                    }
                });
        if (Objects.requireNonNullElse(request.followup(), "").isEmpty()) {
            String url =
                    answer.handle((given, refused) -> given == null ? "" : given.authUrl())
                            .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            followup = url.isEmpty() ? followup : url;
        }
    }

    private void answered(Capture message) throws Exception {
        Object ours =
                answers.get(message.text("exchange"))
                        .handle((answer, refused) ->
                                refused == null
                                        ? Json.parse(ControlJson.write(answer))
                                        : Map.of("Refused", '"' + refused.getMessage() + '"'))
                        .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        note(
                "registrations",
                message.toString(),
                differences.ofAnswers(message.node(), Json.parse(message.body()), ours));
    }

    private void map(Capture message) throws Exception {
        String json =
                new String(message.body(), StandardCharsets.UTF_8)
                        .replace("\"Compress\":\"zstd\"", "\"Compress\":\"\"");
        MapRequest request =
                ControlJson.read(MapRequest.class, json.getBytes(StandardCharsets.UTF_8));
        Client client = new Client();
        MachineKey machine = machine(message.node());
        if (!request.stream()) {
            maps.answer(machine, request, client);
            if (!client.wasOnlyAcknowledged()) {
                note("reports", message.toString(), List.of("is answered with more than 200"));
            }
            return;
        }
        CompletableFuture<Void> end = new CompletableFuture<>();
        streams.put(message.text("exchange"), new Stream(client, end));
        polling.put(message.node(), message.text("exchange"));
        Thread.ofVirtual()
                .start(() -> {
                    try {
                        maps.answer(machine, request, client);
                        end.complete(null);
                    } catch (Exception e) {
                        end.completeExceptionally(e);
                    }
                });
        client.first();
    }

    private void frame(Capture message) throws Exception {
        String exchange = message.text("exchange");
        Map<String, Object> body = Json.members(Json.parse(message.body()));
        if (!theirs.containsKey(exchange)) {
            note(
                    "first messages",
                    message.toString(),
                    differences.ofMembers(body, streams.get(exchange).client().first()));
        }
        theirs.computeIfAbsent(exchange, one -> new Client()).fold(body);
    }

    private void hangUp(String exchange) throws Exception {
        Stream stream = streams.get(exchange);
        polling.values().remove(exchange);
        stream.client().hangUp();
        stream.end().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    private void look(String situation) throws Exception {
        found.putIfAbsent(situation, new ArrayList<>());
        for (Map.Entry<String, String> poll : polling.entrySet()) {
            Client ours = streams.get(poll.getValue()).client();
            maps.ping(node(poll.getKey()).id(), "", "", PATIENCE);
            ours.awaitPing();
            Client told = theirs.get(poll.getValue());
            if (told != null) {
                note(
                        situation,
                        poll.getKey(),
                        differences.ofMaps(situation, told.known(), ours.known()));
            }
        }
    }

    private void note(String situation, String where, List<String> what) {
        List<String> all = found.computeIfAbsent(situation, one -> new ArrayList<>());
        what.forEach(line -> all.add(where + " " + line));
    }

    /// The machine of a node; of one that was never let in, any.
    private MachineKey machine(String node) {
        return machines.computeIfAbsent(node, one -> new MachineKey(new Bytes32(1, 2, 3, 4)));
    }

    /// The node of this machine as the server has it.
    private Node node(String name) {
        MachineKey machine = machine(name);
        return tailnet.nodes().stream()
                .filter(node -> node.keys().machine().equals(machine))
                .findFirst()
                .orElseThrow();
    }

    /// Somebody lets the device in that waits.
    void admit(User user) throws Exception {
        String login = followup.substring(followup.lastIndexOf('/') + 1);
        tailnet.logins().approve(login, user.id(), ADMIN);
    }

    void tag(String node, String tag) throws Exception {
        tailnet.nodesAdmin().tag(node(node).id(), Set.of(tag), ADMIN);
    }

    void rename(String node, String name) throws Exception {
        tailnet.nodesAdmin().rename(node(node).id(), name, ADMIN);
    }

    void expire(String node) throws Exception {
        tailnet.nodesAdmin().expire(node(node).id(), Instant.EPOCH, ADMIN);
    }

    void neverExpire(String node) throws Exception {
        tailnet.nodesAdmin().neverExpire(node(node).id(), ADMIN);
    }

    void pass(Duration span) {
        world.pass(span);
    }

    @Override
    public void close() throws Exception {
        maps.close();
        world.close();
    }
}

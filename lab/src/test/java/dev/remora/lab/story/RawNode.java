package dev.remora.lab.story;

import dev.remora.crypto.DiscoKey;
import dev.remora.crypto.MachineKey;
import dev.remora.crypto.MachinePrivateKey;
import dev.remora.crypto.NodeKey;
import dev.remora.crypto.NodePrivateKey;
import dev.remora.lab.crowd.InnerLink;
import dev.remora.lab.crowd.InnerLink.Answer;
import dev.remora.lab.crowd.LoopbackControl;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A node that says to the letter what the official client says, and keeps what it is told.
final class RawNode implements AutoCloseable {
    private static final String NO_KEY = "nodekey:" + "0".repeat(64);
    private static final String NEVER = "0001-01-01T00:00:00Z";

    /// When a key ended that is given back.
    private static final String LONG_AGO = "1970-01-01T00:02:03Z";

    private final Identity identity;
    private final LoopbackControl control;
    private final MachineKey server;
    private final InnerLink asking;
    private final List<MapStream> polls = new ArrayList<>();
    private NodeKey key;
    private String hostInfo = "{}";
    private String endpoints = "";

    /// The same wherever it joins, so that what is said of it can be compared.
    ///
    /// @param from its address on loopback
    record Identity(
            String from, MachinePrivateKey machine, NodeKey first, NodeKey second, DiscoKey disco) {
        static Identity from(String from) {
            SecureRandom random = new SecureRandom();
            NodeKey first = NodePrivateKey.generate(random).publicKey();
            return new Identity(
                    from,
                    MachinePrivateKey.generate(random),
                    first,
                    NodePrivateKey.generate(random).publicKey(),
                    new DiscoKey(first.bytes())); // nobody will ever write to it
        }
    }

    RawNode(Identity identity, LoopbackControl control, MachineKey server) {
        this.identity = identity;
        this.control = control;
        this.server = server;
        this.key = identity.first();
        this.asking = connect();
    }

    private InnerLink connect() {
        try {
            return InnerLink.open(identity.from(), control.port(), server, identity.machine());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// What it says of itself from now on.
    ///
    /// @param more further members, each with a comma in front
    RawNode is(String hostName, String more) {
        hostInfo =
                """
                {"IPNVersion": "1.102.5", "BackendLogID": "0123", "OS": "linux", "OSVersion": "6.12", "Distro": "debian",
                 "DistroVersion": "13", "Machine": "x86_64", "GoArch": "amd64", "GoVersion": "go1.26.8", "Userspace": true,
                 "Hostname": "%s"%s}
                """
                        .formatted(hostName, more);
        return this;
    }

    /// @param port where it listens from now on
    RawNode at(int port) {
        endpoints =
                "\"Endpoints\": [\"192.0.2.1:%1$d\", \"[2001:db8::1]:%1$d\"], \"EndpointTypes\": [1, 1], "
                        .formatted(port);
        return this;
    }

    /// @param more what it joins by, with a comma in front
    Answer register(String more) {
        return register(NO_KEY, NEVER, more);
    }

    /// With its second key in place of the first.
    Answer renew(String more) {
        NodeKey old = key;
        key = identity.second();
        return register(old.text(), NEVER, more);
    }

    Answer logOut() {
        return register(NO_KEY, LONG_AGO, "");
    }

    private Answer register(String old, String end, String more) {
        String wish =
                """
                {"Version": %d, "NodeKey": "%s", "OldNodeKey": "%s", "Expiry": "%s", "Hostinfo": %s%s}
                """
                        .formatted(InnerLink.VERSION, key.text(), old, end, hostInfo, more);
        return ask("/machine/register", wish);
    }

    /// Tells how things are, beside its poll.
    Answer report() {
        return ask("/machine/map", mapRequest("\"OmitPeers\": true"));
    }

    /// Asks for the map, and for all that changes in it.
    MapStream poll() {
        try {
            MapStream poll =
                    new MapStream(connect(), mapRequest("\"Stream\": true"), this::withoutPort);
            polls.add(poll);
            return poll;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String mapRequest(String kind) {
        return """
        {"Version": %d, "KeepAlive": true, "NodeKey": "%s", "DiscoKey": "%s", %s"Hostinfo": %s, %s}
        """
                .formatted(
                        InnerLink.VERSION,
                        key.text(),
                        identity.disco().text(),
                        endpoints,
                        hostInfo,
                        kind);
    }

    private synchronized Answer ask(String path, String json) {
        try {
            byte[] body = json.getBytes(StandardCharsets.UTF_8);
            Answer answer = asking.answer(asking.request(path, body));
            return new Answer(answer.status(), withoutPort(answer.body()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// The servers have one each.
    private String withoutPort(String text) {
        return text.replace("127.0.0.1:" + control.port(), "127.0.0.1:1");
    }

    /// Its newest poll.
    Optional<MapStream> told() {
        return polls.isEmpty() ? Optional.empty() : Optional.of(polls.getLast());
    }

    @Override
    public void close() {
        polls.forEach(MapStream::close);
        asking.close();
    }
}

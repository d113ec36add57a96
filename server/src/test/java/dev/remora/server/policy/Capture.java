package dev.remora.server.policy;

import dev.remora.base.IpAddress;
import dev.remora.base.IpPrefix;
import dev.remora.base.MalformedException;
import dev.remora.server.model.Addresses;
import dev.remora.server.model.Node;
import dev.remora.server.model.Owner;
import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// One policy as headscale took it, from `vectors/policy`.
record Capture(String name, HuJson document) {
    static List<Capture> all() throws IOException, URISyntaxException, PolicyException {
        URL folder = Capture.class.getResource("/vectors/policy");
        if (folder == null) {
            throw new IOException("no captures");
        }
        List<Capture> captures = new ArrayList<>();
        try (Stream<Path> files = Files.list(Path.of(folder.toURI()))) {
            for (Path file : files.filter(f -> f.toString().endsWith(".json")).sorted().toList()) {
                String name = file.getFileName().toString().replace(".json", "");
                captures.add(new Capture(name, HuJsonReader.read(Files.readString(file))));
            }
        }
        return captures;
    }

    String policy() {
        return text(need(document, "policy"));
    }

    boolean accepted() {
        return need(document, "expected", "policy_set", "rc").json().equals("0");
    }

    /// The nodes, with no route approved.
    List<Node> nodes() {
        return items(need(document, "nodes")).stream().map(Capture::node).toList();
    }

    private static Node node(HuJson json) {
        try {
            Addresses addresses =
                    new Addresses(
                            IpAddress.parse(text(need(json, "ipv4"))),
                            IpAddress.parse(text(need(json, "ipv6"))));
            HuJson user = find(json, "user");
            Owner owner =
                    user == null
                            ? TestNodes.tagged(texts(need(json, "tags")).toArray(String[]::new))
                            : TestNodes.of(
                                    text(user).equals("alice") ? TestNodes.ALICE : TestNodes.BOB);
            List<IpPrefix> announced =
                    texts(find(json, "advertised_routes")).stream().map(TestNodes::prefix).toList();
            long id = Long.parseLong(need(json, "id").json());
            return TestNodes.node(id, owner, addresses, announced);
        } catch (MalformedException e) {
            throw new IllegalArgumentException(e);
        }
    }

    String nameOf(Node node) {
        return items(need(document, "nodes")).stream()
                .filter(json -> need(json, "id").json().equals(String.valueOf(node.id())))
                .map(json -> text(need(json, "name")))
                .findFirst()
                .orElseThrow();
    }

    boolean routesWereApproved() {
        return !text(need(document, "routes_before")).equals("no route approved");
    }

    /// The routes approved in the end.
    Set<String> approved(Node node) {
        HuJson routes = find(document, "expected", "routes", nameOf(node), "approved");
        return new HashSet<>(texts(routes));
    }

    /// What a node was told.
    HuJson told(Node node) {
        return need(document, "expected", "nodes", nameOf(node));
    }

    static HuJson need(HuJson json, String... path) {
        HuJson found = find(json, path);
        if (found == null) {
            throw new IllegalArgumentException("no " + String.join(".", path));
        }
        return found;
    }

    static @Nullable HuJson find(HuJson json, String... path) {
        HuJson at = json;
        for (String name : path) {
            at =
                    at instanceof HuJson.Members(var place, var members)
                            ? members.stream()
                                    .filter(m -> m.name().equals(name))
                                    .map(HuJson.Member::value)
                                    .findFirst()
                                    .orElse(null)
                            : null;
        }
        return at;
    }

    static List<HuJson> items(@Nullable HuJson json) {
        return json instanceof HuJson.Items(var place, var items) ? items : List.of();
    }

    static List<String> texts(@Nullable HuJson json) {
        return items(json).stream().map(Capture::text).toList();
    }

    static String text(HuJson json) {
        return ((HuJson.Text) json).text();
    }

    @Override
    public String toString() {
        return name;
    }
}

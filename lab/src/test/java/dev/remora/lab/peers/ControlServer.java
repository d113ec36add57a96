package dev.remora.lab.peers;

import dev.remora.lab.net.Host;
import dev.remora.lab.run.Json;
import dev.remora.lab.run.LabException;
import dev.remora.lab.run.LabProcess;
import dev.remora.lab.run.Result;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What nodes of a lab join: a control server of either kind.
public interface ControlServer {
    Host host();

    /// What nodes give as `--login-server`.
    default String url() {
        return "https://" + host().ip4();
    }

    /// Its process now; another one after [#start()].
    LabProcess process();

    /// Runs one of its own commands.
    Result cli(String... arguments);

    /// The same with `--output=json`.
    default Json json(String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.add("--output=json");
        return Json.parse(cli(all.toArray(String[]::new)).orThrow().stdout());
    }

    /// A new auth key.
    String authKey(AuthKeyRequest request);

    /// A new auth key of alice's for one node.
    default String authKey() {
        return authKey(AuthKeyRequest.forUser("alice"));
    }

    /// Replaces the policy.
    void policy(String hujson);

    /// Lets a login in that waits under this id.
    void approve(String authId, String user);

    /// All nodes, as its command prints them in JSON.
    List<Json> nodes();

    /// The node of this name.
    default Optional<Json> node(String name) {
        return nodes().stream()
                .filter(node -> node.at("given_name").text().equals(name))
                .findFirst();
    }

    /// What its commands call the node of this name.
    default String nodeId(String name) {
        return node(name)
                .map(node -> node.at("id").text())
                .orElseThrow(() -> new LabException("the server knows no node " + name));
    }

    /// Ends it gracefully.
    void stop();

    /// Ends it as a crash would.
    void kill();

    /// Starts it again with everything it knew.
    void start();

    /// Ends it gracefully and starts it again.
    default void restart() {
        stop();
        start();
    }
}

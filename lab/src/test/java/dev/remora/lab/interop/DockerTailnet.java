package dev.remora.lab.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.lab.Lab;
import dev.remora.lab.apps.Curl;
import dev.remora.lab.docker.ComposeFiles;
import dev.remora.lab.peers.AuthKeyRequest;
import dev.remora.lab.peers.ControlServer;
import dev.remora.lab.peers.HeadscaleOptions;
import dev.remora.lab.peers.RemoraControl;
import dev.remora.lab.peers.Tailscaled;

/// A tailnet with a real peer on it, for stacks on the lab's Docker engine.
final class DockerTailnet {
    /// What the example's app answers to the sidecar in its own network.
    static final String HELLO = "Hello from Flask, 127.0.0.1\n";

    private static final String POLICY =
            """
            {"tagOwners": {"tag:flask-app-service": ["alice@"], "tag:dockerized-app": ["alice@"]},
             "acls": [{"action": "accept", "src": ["*"], "dst": ["*:*"]}]}
            """;

    /// All that a container has to be told to find its way in the lab.
    private static final String IN_THE_LAB =
            """
            environment:
              - SSL_CERT_FILE=/lab/root.pem
            volumes:
              - ./root.pem:/lab/root.pem:ro
            """;

    private final Lab lab;
    private final ControlServer control;
    private final Tailscaled peer;

    private DockerTailnet(Lab lab, ControlServer control, Tailscaled peer) {
        this.lab = lab;
        this.control = control;
        this.peer = peer;
    }

    static DockerTailnet in(Lab lab) {
        return of(lab, lab.headscale(HeadscaleOptions.atOnce().withPolicy(POLICY)));
    }

    /// The same under our own control server.
    static DockerTailnet ofOurServer(Lab lab) {
        RemoraControl control = RemoraControl.start(lab.host("ctl"), lab.authority());
        control.policy(POLICY);
        return of(lab, control);
    }

    private static DockerTailnet of(Lab lab, ControlServer control) {
        Tailscaled peer = lab.tailscaled(lab.host("peer"), Tailscaled.Mode.TUN);
        peer.up(control);
        return new DockerTailnet(lab, control, peer);
    }

    ControlServer control() {
        return control;
    }

    Tailscaled peer() {
        return peer;
    }

    /// A key for one node, with the tags that the example asks for.
    String taggedKey() {
        return control.authKey(tagged());
    }

    static AuthKeyRequest tagged() {
        return AuthKeyRequest.forUser("alice")
                .tagged("tag:flask-app-service", "tag:dockerized-app");
    }

    /// The example, on this tailnet.
    ComposeFiles example(String key) {
        return inThisLab(ComposeFiles.example(), "remora-sidecar", key);
    }

    /// The same under a name of its own.
    ComposeFiles named(String name, String key) {
        return example(key).with("remora-sidecar", "environment:\n  - TS_HOSTNAME=" + name);
    }

    /// The same with a key for one node.
    ComposeFiles named(String name) {
        return named(name, taggedKey());
    }

    /// A stack of which this service is the node.
    ComposeFiles inThisLab(ComposeFiles files, String service, String key) {
        return files.with(service, IN_THE_LAB)
                .withCopy("root.pem", lab.authority().root())
                .withVariable("TS_AUTHKEY", key)
                .withVariable("TS_EXTRA_ARGS", "--login-server=" + control.url());
    }

    /// The number of nodes, living or dead, that the control server lists under this name or one made from it.
    long nodesNamed(String name) {
        return control.nodes().stream()
                .filter(node -> node.at("given_name").text().startsWith(name))
                .count();
    }

    /// Asks once for the page at port 80 of this host.
    Curl.Answer get(String host) {
        return new Curl(peer.host()).get("http://" + host + "/");
    }

    /// Waits until the example's app answers the peer on port 80 of this host.
    void awaitFlask(String host) {
        String url = "http://" + host + "/";
        assertThat(new Curl(peer.host()).awaitOk(url, Ways.SOON).body()).isEqualTo(HELLO);
    }

    /// Waits until nginx answers the peer on port 8080 of this host.
    void awaitNginx(String host) {
        String url = "http://" + host + ":8080/";
        assertThat(new Curl(peer.host()).awaitOk(url, Ways.SOON).body())
                .contains("Welcome to nginx");
    }
}

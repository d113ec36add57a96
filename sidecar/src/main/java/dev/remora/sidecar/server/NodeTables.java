package dev.remora.sidecar.server;

import dev.remora.sidecar.cli.Tree;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;

/// Nodes and their routes for people, in headscale's columns.
final class NodeTables {
    private static final int SHORT_KEY = 5;

    private NodeTables() {}

    static String nodes(Tree nodes) {
        Columns table =
                new Columns(
                        "ID",
                        "Hostname",
                        "Name",
                        "MachineKey",
                        "NodeKey",
                        "User",
                        "Tags",
                        "IP addresses",
                        "Ephemeral",
                        "Last seen",
                        "Expiration",
                        "Connected",
                        "Expired");
        for (Tree node : nodes.items()) {
            Tree expiry = node.at("expiry");
            table.row(
                    Long.toString(node.at("id").number()),
                    node.at("name").text(),
                    node.at("given_name").text(),
                    shortKey(node.at("machine_key").text()),
                    shortKey(node.at("node_key").text()),
                    node.at("user").at("name").text(),
                    lines(node.at("tags")),
                    lines(node.at("ip_addresses")),
                    Boolean.toString(node.at("ephemeral").bool()),
                    Times.text(node.at("last_seen")),
                    Times.text(expiry),
                    connected(node),
                    isOver(expiry) ? "yes" : "no");
        }
        return table.text();
    }

    private static String connected(Tree node) {
        String state = node.at("online").bool() ? "online" : "offline";
        return node.at("needs_approval").bool() ? state + ", needs approval" : state;
    }

    private static boolean isOver(Tree expiry) {
        return !expiry.isNull()
                && Instant.ofEpochSecond(expiry.at("seconds").number()).isBefore(Instant.now());
    }

    /// As clients write keys in their logs.
    private static String shortKey(String key) {
        byte[] bytes = HexFormat.of().parseHex(key.substring(key.indexOf(':') + 1));
        return "[" + Base64.getEncoder().encodeToString(bytes).substring(0, SHORT_KEY) + "]";
    }

    static String routes(Tree nodes) {
        Columns table = new Columns("ID", "Hostname", "Approved", "Available", "Serving (Primary)");
        for (Tree node : nodes.items()) {
            table.row(
                    Long.toString(node.at("id").number()),
                    node.at("given_name").text(),
                    lines(node.at("approved_routes")),
                    lines(node.at("available_routes")),
                    lines(node.at("subnet_routes")));
        }
        return table.text();
    }

    private static String lines(Tree list) {
        List<String> texts = list.texts();
        return String.join("\n", texts);
    }
}

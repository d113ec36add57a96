package dev.remora.server.store;

import dev.remora.base.Bytes32;
import dev.remora.base.IpAddress;
import dev.remora.base.IpPort;
import dev.remora.base.MalformedException;
import dev.remora.crypto.DiscoKey;
import dev.remora.crypto.MachineKey;
import dev.remora.crypto.NodeKey;
import dev.remora.proto.control.ControlJson;
import dev.remora.proto.control.HostInfo;
import dev.remora.server.model.Addresses;
import dev.remora.server.model.Keys;
import dev.remora.server.model.Membership;
import dev.remora.server.model.Name;
import dev.remora.server.model.Node;
import dev.remora.server.model.Owner;
import dev.remora.server.model.PreAuthKey;
import dev.remora.server.model.RegisterMethod;
import dev.remora.server.model.Report;
import dev.remora.server.model.User;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.TreeSet;

/// The tables, and how a row becomes a value and a value a row.
final class Tables {
    private Tables() {}

    static final Table USERS =
            new Table("users", "id name display_name email picture_url created_at");

    static Object[] row(User user) {
        return new Object[] {
            user.id(),
            user.name(),
            user.displayName(),
            user.email(),
            user.pictureUrl(),
            user.created()
        };
    }

    static User user(ResultSet row) throws SQLException {
        return new User(
                row.getLong("id"),
                row.getString("name"),
                row.getString("display_name"),
                row.getString("email"),
                row.getString("picture_url"),
                Rows.time(row, "created_at"));
    }

    static final Table AUTH_KEYS =
            new Table(
                    "auth_keys",
                    "id lookup secret_sha256 user_id tags reusable ephemeral preauthorized"
                            + " take_over_name description created_at expires_at used_at revoked_at");

    static Object[] row(PreAuthKey key) {
        return new Object[] {
            key.id(),
            key.lookup(),
            key.digest().hex(),
            key.user(),
            Rows.list(key.tags()),
            key.reusable(),
            key.ephemeral(),
            key.preauthorized(),
            key.takeOverName(),
            key.description(),
            key.created(),
            key.expiry(),
            key.used(),
            key.revoked()
        };
    }

    static PreAuthKey authKey(ResultSet row) throws SQLException, MalformedException {
        return new PreAuthKey(
                row.getLong("id"),
                row.getString("lookup"),
                Bytes32.parseHex(row.getString("secret_sha256")),
                Rows.maybeLong(row, "user_id"),
                new TreeSet<>(Rows.list(row, "tags")),
                row.getBoolean("reusable"),
                row.getBoolean("ephemeral"),
                row.getBoolean("preauthorized"),
                row.getBoolean("take_over_name"),
                row.getString("description"),
                Rows.time(row, "created_at"),
                Rows.maybeTime(row, "expires_at"),
                Rows.maybeTime(row, "used_at"),
                Rows.maybeTime(row, "revoked_at"));
    }

    static final Table NODES =
            new Table(
                    "nodes",
                    "id machine_key node_key disco_key user_id tags hostname label label_fixed ipv4 ipv6 hostinfo"
                            + " endpoints home_derp cap_version approved_routes ephemeral authorized register_method"
                            + " auth_key_id created_at expires_at last_seen");

    static Object[] row(Node node) {
        Keys keys = node.keys();
        Report report = node.report();
        Membership membership = node.membership();
        return new Object[] {
            node.id(),
            keys.machine().text(),
            keys.node().text(),
            keys.disco().text(),
            userOf(node.owner()),
            Rows.list(node.owner().tags()),
            node.name().hostname(),
            node.name().label(),
            node.name().fixed(),
            node.addresses().ipv4(),
            node.addresses().ipv6(),
            ControlJson.text(report.hostInfo()),
            Rows.list(report.endpoints()),
            report.homeDerp(),
            report.capVersion(),
            Rows.list(new TreeSet<>(node.approvedRoutes().stream().map(Object::toString).toList())),
            membership.ephemeral(),
            membership.authorized(),
            membership.method().name(),
            membership.authKey(),
            membership.created(),
            membership.expiry(),
            membership.lastSeen()
        };
    }

    private static OptionalLong userOf(Owner owner) {
        return switch (owner) {
            case Owner.Person(long id) -> OptionalLong.of(id);
            case Owner.Tagged tagged -> OptionalLong.empty();
        };
    }

    static Node node(ResultSet row) throws SQLException, MalformedException {
        return new Node(
                row.getLong("id"),
                new Keys(
                        MachineKey.parse(row.getString("machine_key")),
                        NodeKey.parse(row.getString("node_key")),
                        DiscoKey.parse(row.getString("disco_key"))),
                owner(row),
                new Name(
                        row.getString("hostname"),
                        row.getString("label"),
                        row.getBoolean("label_fixed")),
                new Addresses(
                        IpAddress.parse(row.getString("ipv4")),
                        IpAddress.parse(row.getString("ipv6"))),
                report(row),
                new HashSet<>(Rows.prefixes(row, "approved_routes")),
                membership(row));
    }

    private static Owner owner(ResultSet row) throws SQLException {
        OptionalLong user = Rows.maybeLong(row, "user_id");
        return user.isPresent()
                ? new Owner.Person(user.getAsLong())
                : new Owner.Tagged(new TreeSet<>(Rows.list(row, "tags")));
    }

    private static Report report(ResultSet row) throws SQLException, MalformedException {
        List<IpPort> endpoints = new ArrayList<>();
        for (String text : Rows.list(row, "endpoints")) {
            endpoints.add(IpPort.parse(text));
        }
        byte[] hostInfo = row.getString("hostinfo").getBytes(StandardCharsets.UTF_8);
        return new Report(
                ControlJson.read(HostInfo.class, hostInfo),
                endpoints,
                row.getInt("home_derp"),
                row.getInt("cap_version"));
    }

    private static Membership membership(ResultSet row) throws SQLException {
        return new Membership(
                row.getBoolean("ephemeral"),
                row.getBoolean("authorized"),
                RegisterMethod.valueOf(row.getString("register_method")),
                Rows.maybeLong(row, "auth_key_id"),
                Rows.time(row, "created_at"),
                Rows.maybeTime(row, "expires_at"),
                Rows.time(row, "last_seen"));
    }

    /// A table whose first column is its `id`, and the statements for it.
    ///
    /// @param columns with blanks between them
    record Table(String name, String columns) {
        String put() {
            String[] all = columns.split(" ");
            List<String> sets = new ArrayList<>();
            for (int i = 1; i < all.length; i++) {
                sets.add(all[i] + " = excluded." + all[i]);
            }
            return "INSERT INTO %s (%s) VALUES (%s) ON CONFLICT (id) DO UPDATE SET %s"
                    .formatted(
                            name,
                            String.join(", ", all),
                            String.join(", ", Collections.nCopies(all.length, "?")),
                            String.join(", ", sets));
        }

        String drop() {
            return "DELETE FROM " + name + " WHERE id = ?";
        }

        String all() {
            return "SELECT * FROM " + name + " ORDER BY id";
        }
    }
}

package dev.remora.sidecar.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Changes to one section of a serve configuration: the lasting one, or that of a foreground session. Members that this program does not know stay as they are.
final class ServeEdit {
    private final Map<String, @Nullable Object> section;
    private final String nodeName;

    /// @param section changed in place
    /// @param nodeName the node's full name without the last dot
    ServeEdit(Map<String, @Nullable Object> section, String nodeName) {
        this.section = section;
        this.nodeName = nodeName;
    }

    private static Map<String, @Nullable Object> child(
            Map<String, @Nullable Object> parent, String name) {
        Map<String, @Nullable Object> child = new TreeMap<>(new Tree(parent.get(name)).copy());
        parent.put(name, child);
        return child;
    }

    private static void dropIfEmpty(Map<String, @Nullable Object> parent, String name) {
        if (new Tree(parent.get(name)).members().isEmpty()) {
            parent.remove(name);
        }
    }

    private Tree port(int port) {
        return new Tree(section.get("TCP")).at(Integer.toString(port));
    }

    private static boolean isWeb(Tree handler) {
        return handler.at("HTTP").bool() || handler.at("HTTPS").bool();
    }

    private String hostPort(int port) {
        return nodeName + ":" + port;
    }

    /// @param proxyProtocol version of the PROXY header, or 0
    void addTcp(int port, String target, boolean terminateTls, int proxyProtocol)
            throws CommandException {
        if (isWeb(port(port))) {
            throw new CommandException(
                    "cannot serve TCP; already serving web on " + port + " for " + nodeName);
        }
        Map<String, @Nullable Object> handler = new LinkedHashMap<>();
        handler.put("TCPForward", target);
        if (terminateTls) {
            handler.put("TerminateTLS", nodeName);
        }
        if (proxyProtocol != 0) {
            handler.put("ProxyProtocol", proxyProtocol);
        }
        child(section, "TCP").put(Integer.toString(port), handler);
    }

    /// @param handler what is done at `mount`
    void addWeb(int port, boolean https, String mount, Map<String, @Nullable Object> handler)
            throws CommandException {
        if (!port(port).at("TCPForward").text().isEmpty()) {
            throw new CommandException("cannot serve web; already serving TCP");
        }
        child(section, "TCP").put(Integer.toString(port), Map.of(https ? "HTTPS" : "HTTP", true));
        Map<String, @Nullable Object> host = child(child(section, "Web"), hostPort(port));
        Map<String, @Nullable Object> handlers = child(host, "Handlers");
        // a mount with a slash at its end and the one without take each other's place
        handlers.remove(mount.endsWith("/") ? mount.substring(0, mount.length() - 1) : mount + "/");
        handlers.put(mount, handler);
    }

    void removeTcp(int port) throws CommandException {
        Tree handler = port(port);
        if (handler.isNull()) {
            throw new CommandException("failed to remove TCP serve: serve config does not exist");
        }
        if (isWeb(handler)) {
            throw new CommandException(
                    "unable to remove; serving web, not TCP forwarding on serve port " + port);
        }
        removePort(port);
    }

    private void removePort(int port) {
        child(section, "TCP").remove(Integer.toString(port));
        dropIfEmpty(section, "TCP");
    }

    /// The mounts of a web server on this port.
    List<String> mounts(int port) {
        return List.copyOf(handlers(port).members().keySet());
    }

    private Tree handlers(int port) {
        return new Tree(section.get("Web")).at(hostPort(port)).at("Handlers");
    }

    /// Removes one mount, or all if `mount` is empty.
    void removeWeb(int port, String mount) throws CommandException {
        if (!port(port).at("TCPForward").text().isEmpty()) {
            throw new CommandException(
                    "failed to remove web serve: cannot remove web handler; currently serving TCP");
        }
        List<String> mounts = mount.isEmpty() ? mounts(port) : mountsLike(port, mount);
        if (mounts.isEmpty()) {
            throw new CommandException("failed to remove web serve: handler does not exist");
        }
        Map<String, @Nullable Object> web = child(section, "Web");
        child(child(web, hostPort(port)), "Handlers").keySet().removeAll(mounts);
        if (mounts(port).isEmpty()) {
            web.remove(hostPort(port));
            removePort(port);
            removeFunnel(port);
        }
        dropIfEmpty(section, "Web");
    }

    private List<String> mountsLike(int port, String mount) {
        return mounts(port).stream()
                .filter(known -> known.equals(mount) || known.equals(mount + "/"))
                .toList();
    }

    /// Ends the port's presence on the Internet; says whether it had any.
    boolean removeFunnel(int port) {
        if (new Tree(section.get("AllowFunnel")).at(hostPort(port)).isNull()) {
            return false;
        }
        child(section, "AllowFunnel").remove(hostPort(port));
        dropIfEmpty(section, "AllowFunnel");
        return true;
    }
}

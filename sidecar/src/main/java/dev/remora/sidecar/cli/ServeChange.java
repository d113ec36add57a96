package dev.remora.sidecar.cli;

import dev.remora.sidecar.cli.Command.Invocation;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// One change of what is served: the daemon's configuration is read, edited here, and stored if nobody was quicker.
final class ServeChange {
    private final Invocation call;
    private final Flags flags;
    private final String retry;

    /// @param retry the line that ends complaints about arguments
    ServeChange(Invocation call, String retry) {
        this.call = call;
        this.flags = call.flags();
        this.retry = retry;
    }

    /// Publishes `target`; in the foreground this lasts until the daemon or the user ends it.
    int add(String target) throws CommandException {
        refuseServicesWithoutTarget();
        String mount = explained(() -> mount(flags.text("set-path")));
        ServeKind.Port port = explained(() -> ServeKind.chosen(flags));
        checkProxyProtocol(port.kind(), target);
        LocalApi.Answer config = config();
        Status status = runningStatus();
        if (port.kind() == ServeKind.HTTPS && !new HttpsFeature(call).enable()) {
            return 0;
        }
        refuseServices(status);
        if (flags.bool("bg")) {
            Map<String, @Nullable Object> whole = config.json().copy();
            store(whole, whole, status, port, mount, target, config);
            printAdded(whole, status, port);
            return 0;
        }
        return serveInForeground(config, status, port, mount, target);
    }

    private int serveInForeground(
            LocalApi.Answer config, Status status, ServeKind.Port port, String mount, String target)
            throws CommandException {
        try (IpnBus bus = call.daemon().watch(IpnBus.INITIAL_STATE)) {
            String session = bus.next().map(first -> first.at("SessionID").text()).orElse("");
            if (session.isEmpty()) {
                throw new CommandException("missing SessionID");
            }
            Map<String, @Nullable Object> whole = config.json().copy();
            Map<String, @Nullable Object> sessions = new Tree(whole.get("Foreground")).copy();
            Map<String, @Nullable Object> section = new LinkedHashMap<>();
            sessions.put(session, section);
            whole.put("Foreground", sessions);
            store(whole, section, status, port, mount, target, config);
            call.world().machine().exitOnInterrupt();
            printAdded(section, status, port);
            Optional<Tree> next = bus.next();
            while (next.isPresent()) {
                next = bus.next();
            }
            return 0;
        }
    }

    private void store(
            Map<String, @Nullable Object> whole,
            Map<String, @Nullable Object> section,
            Status status,
            ServeKind.Port port,
            String mount,
            String target,
            LocalApi.Answer config)
            throws CommandException {
        ServeEdit edit = new ServeEdit(section, status.self().fqdn());
        RemoteTarget.check(target, status, call.daemon());
        explained(() -> {
            apply(edit, port, mount, target);
            return edit;
        });
        if (edit.removeFunnel(port.number())) {
            call.warn("Removing Funnel for " + status.self().fqdn() + ":" + port.number());
        }
        ServeCommand.store(call, whole, config.headers().getOrDefault("etag", ""));
    }

    private void apply(ServeEdit edit, ServeKind.Port port, String mount, String target)
            throws CommandException {
        if (port.kind().isWeb()) {
            prefixed("failed apply web serve: ", () -> addWeb(edit, port, mount, target));
            return;
        }
        if (!flags.text("set-path").isEmpty()) {
            throw new CommandException("cannot mount a path for TCP serve");
        }
        prefixed(
                "failed to apply TCP serve: ",
                () ->
                        edit.addTcp(
                                port.number(),
                                ServeTarget.forTcp(target),
                                port.kind() == ServeKind.TLS_TERMINATED_TCP,
                                (int) flags.number("proxy-protocol")));
    }

    private void addWeb(ServeEdit edit, ServeKind.Port port, String mount, String target)
            throws CommandException {
        Map<String, @Nullable Object> handler = new LinkedHashMap<>();
        String at = mount;
        if (target.startsWith("text:")) {
            if (target.equals("text:")) {
                throw new CommandException("unable to serve; text cannot be an empty string");
            }
            handler.put("Text", target.substring("text:".length()));
        } else if (target.startsWith("/")) {
            handler.put("Path", target);
            at = ServeTarget.isDirectory(target) && !mount.endsWith("/") ? mount + "/" : mount;
        } else {
            handler.put("Proxy", ServeTarget.forWeb(target));
            String capabilities = flags.text("accept-app-caps");
            if (!capabilities.isEmpty()) {
                handler.put("AcceptAppCaps", List.of(capabilities.split(",")));
            }
        }
        edit.addWeb(port.number(), port.kind() == ServeKind.HTTPS, at, handler);
    }

    /// Takes back what a port, or one mount of it, does in the background.
    int remove() throws CommandException {
        refuseServicesWithoutTarget();
        String path = flags.text("set-path");
        String mount = path.isEmpty() ? "" : explained(() -> mount(path));
        ServeKind.Port port = explained(() -> ServeKind.chosen(flags));
        LocalApi.Answer config = config();
        Status status = runningStatus();
        refuseServices(status);
        Map<String, @Nullable Object> whole = config.json().copy();
        ServeEdit edit = new ServeEdit(whole, status.self().fqdn());
        if (!port.kind().isWeb()) {
            explained(() -> {
                edit.removeTcp(port.number());
                return edit;
            });
        } else if (mount.isEmpty()
                && !confirmed(edit.mounts(port.number()).size(), port.number())) {
            return 0;
        } else {
            explained(() -> {
                edit.removeWeb(port.number(), mount);
                return edit;
            });
        }
        ServeCommand.store(call, whole, config.headers().getOrDefault("etag", ""));
        return 0;
    }

    private boolean confirmed(int handlers, int port) throws CommandException {
        if (handlers < 2 || flags.bool("yes") || !call.world().isInteractive()) {
            return true;
        }
        call.print(
                "Are you sure you want to delete "
                        + handlers
                        + " handlers under port "
                        + port
                        + "? [Y/n] ");
        try {
            StringBuilder answer = new StringBuilder();
            for (int c = call.world().in().read();
                    c >= 0 && c != '\n';
                    c = call.world().in().read()) {
                answer.append((char) c);
            }
            return List.of("", "y", "yes")
                    .contains(answer.toString().strip().toLowerCase(Locale.ROOT));
        } catch (IOException e) {
            throw new CommandException(String.valueOf(e.getMessage()));
        }
    }

    private LocalApi.Answer config() throws CommandException {
        try {
            return call.daemon().ask("GET", "serve-config", Map.of(), null);
        } catch (CommandException e) {
            throw new CommandException("error getting serve config: " + e.message(), e);
        }
    }

    private Status runningStatus() throws CommandException {
        Status status = Status.withoutPeers(call.daemon());
        Optional<String> why = status.whyNotRunning();
        if (why.isPresent()) {
            throw new CommandException(why.get());
        }
        return status;
    }

    private void checkProxyProtocol(ServeKind kind, String target) throws CommandException {
        long version = flags.number("proxy-protocol");
        if (version == 0) {
            return;
        }
        if (kind.isWeb()) {
            throw new CommandException(
                    "PROXY protocol is only supported for TCP forwarding, not HTTP/HTTPS");
        }
        if (version > 2) {
            throw new CommandException(
                    "invalid PROXY protocol version " + version + "; must be 1 or 2");
        }
        if (target.startsWith("unix:")) {
            throw new CommandException("PROXY protocol is not supported with unix socket targets");
        }
    }

    private void refuseServicesWithoutTarget() throws CommandException {
        if (flags.bool("tun") && flags.text("service").isEmpty()) {
            throw new CommandException("tun mode is only supported for services");
        }
        if (!flags.text("service").isEmpty() && flags.isGiven("bg") && !flags.bool("bg")) {
            throw new CommandException("--service flag is only compatible with background mode");
        }
    }

    private void refuseServices(Status status) throws CommandException {
        if (!flags.text("service").isEmpty()) {
            boolean isTagged = !status.self().tree().at("Tags").items().isEmpty();
            throw new CommandException(
                    isTagged
                            ? "serving for a service is not part of Remora yet"
                            : "service hosts must be tagged nodes");
        }
    }

    private static String mount(String path) throws CommandException {
        String mount = path.startsWith("/") ? path : "/" + path;
        boolean isClean =
                !mount.contains("//")
                        && !(mount + "/").contains("/./")
                        && !(mount + "/").contains("/../");
        if (!isClean) {
            throw new CommandException(
                    "failed to clean the mount point: invalid mount point " + GoText.quote(path));
        }
        return mount;
    }

    private void printAdded(
            Map<String, @Nullable Object> section, Status status, ServeKind.Port port) {
        String text = new ServeText(status).added(new Tree(section), port);
        String end =
                flags.bool("bg")
                        ? "Serve started and running in the background.\nTo disable the proxy, run: "
                                + call.world().program()
                                + " serve --"
                                + port.kind().flag
                                + "="
                                + port.number()
                                + " off\n"
                        : "Press Ctrl+C to exit.\n";
        call.print(text + end);
    }

    private interface Step<T> {
        T take() throws CommandException;
    }

    private interface Change {
        void make() throws CommandException;
    }

    private static void prefixed(String prefix, Change change) throws CommandException {
        try {
            change.make();
        } catch (CommandException e) {
            throw new CommandException(prefix + e.message());
        }
    }

    /// Complaints about arguments end in where to read about them.
    private <T> T explained(Step<T> step) throws CommandException {
        try {
            return step.take();
        } catch (CommandException e) {
            throw new CommandException("error: " + e.message() + "\n\n" + retry);
        }
    }
}

package dev.remora.sidecar.cli;

import dev.remora.sidecar.cli.Command.Invocation;
import dev.remora.sidecar.config.JsonTree;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// `serve`: publish a port of this machine on the tailnet, see what is published, take it back.
final class ServeCommand {
    private ServeCommand() {}

    static Command command() {
        List<Command> own =
                List.of(
                        Command.of(
                                "status",
                                "Show what is served",
                                "serve status [--json]",
                                () -> new Flags().bool("json", false, "print JSON"),
                                ServeCommand::status),
                        Command.of(
                                "reset",
                                "Serve nothing any more",
                                "serve reset",
                                Flags::new,
                                ServeCommand::reset));
        Stream<Command> absent =
                Stream.of("drain", "clear", "advertise", "get-config", "set-config")
                        .map(name -> Command.absentPart("serve", name));
        return new Command(
                "serve",
                "Publish a local server on the tailnet",
                List.of(
                        "serve [flags] <target>",
                        "serve [flags] off",
                        "serve status [--json]",
                        "serve reset"),
                """
                <target> is where the local server listens: a port (5000), localhost:5000, or a URL (tcp://localhost:5000
                with --tcp, http://localhost:5000/path with --http). Without --bg it is served until this command ends.

                EXAMPLES
                  A server on localhost:5000, reached on port 80 of the tailnet, until further notice:
                    serve --bg --tcp=80 tcp://localhost:5000

                  No more of that:
                    serve --tcp=80 off
                """,
                ServeCommand::flags,
                Stream.concat(own.stream(), absent).toList(),
                ServeCommand::run);
    }

    private static Flags flags() {
        return new Flags()
                .parsedBool("bg", false, "keep serving after this command has ended")
                .text("set-path", "", "path under which it is found, for --http and --https")
                .unsigned(
                        "https",
                        "serve HTTPS on this port; what is meant without any such flag, on 443")
                .unsigned("http", "serve HTTP on this port")
                .unsigned("tcp", "forward this TCP port")
                .unsigned("tls-terminated-tcp", "forward this TCP port, ending TLS here")
                .unsigned(
                        "proxy-protocol",
                        "tell the target who calls, by this version of the PROXY header")
                .checked(
                        "accept-app-caps",
                        "",
                        "capabilities that the target is told of, with commas between them",
                        ServeCommand::capabilities)
                .checked(
                        "service",
                        "",
                        "serve for a service with its own address",
                        ServeCommand::serviceName)
                .bool("tun", false, "for services only")
                .bool("yes", false, "ask nothing");
    }

    private static String serviceName(String text) {
        if (!text.matches("svc:[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?")) {
            throw new IllegalArgumentException("invalid service name: " + GoText.quote(text));
        }
        return text;
    }

    private static String capabilities(String text) {
        for (String capability : text.isEmpty() ? new String[0] : text.split(",", -1)) {
            if (!CAPABILITY.matcher(capability).matches()) {
                throw new IllegalArgumentException(
                        GoText.quote(capability)
                                + " does not match the form {domain}/{name}, where domain must be a fully qualified domain name");
            }
        }
        return text;
    }

    /// With a dot in the domain, as it has to be a full one.
    private static final Pattern CAPABILITY =
            Pattern.compile("[A-Za-z0-9-]+(\\.[A-Za-z0-9-]+)+/[A-Za-z0-9_./-]+");

    private static int run(Invocation call) throws CommandException, UsageException {
        List<String> words = call.words();
        String retry = "try `" + call.world().program() + " serve --help` for usage info";
        if (call.flags().bool("tun")) {
            refuseTun(call.flags(), retry);
        }
        if (words.isEmpty()) {
            throw UsageException.help();
        }
        OldServeSyntax.refuse(words, call.world().program(), retry);
        boolean isOff = words.getLast().equals("off");
        if (words.size() > 2) {
            throw new CommandException(
                    "Error: invalid number of arguments (" + words.size() + ")\n" + retry);
        }
        if (words.size() == 2 && !isOff) {
            throw new CommandException("Error: invalid argument format\n" + retry);
        }
        ServeChange change = new ServeChange(call, retry);
        return isOff ? change.remove() : change.add(words.getFirst());
    }

    private static void refuseTun(Flags flags, String retry) throws CommandException {
        boolean hasPort =
                Stream.of("https", "http", "tcp", "tls-terminated-tcp").anyMatch(flags::isGiven);
        if (hasPort) {
            throw new CommandException(
                    "error: cannot serve multiple types for a single mount point\n\n" + retry);
        }
        if (!flags.isGiven("service")) {
            throw new CommandException("tun mode is only supported for services");
        }
    }

    private static int status(Invocation call) throws CommandException {
        Tree config = config(call);
        if (call.flags().bool("json")) {
            call.println(JsonTree.indented(config.isNull() ? Map.of() : config.value(), "  "));
            return 0;
        }
        boolean isEmpty =
                Stream.of("TCP", "Web", "Services", "AllowFunnel", "Foreground")
                        .allMatch(part -> config.at(part).members().isEmpty());
        if (isEmpty) {
            call.println("No serve config");
            return 0;
        }
        Status status = Status.withoutPeers(call.daemon());
        Optional<String> notRunning = status.whyNotRunning();
        if (notRunning.isPresent()) {
            throw new CommandException(notRunning.get());
        }
        call.print(new ServeText(status).all(config));
        return 0;
    }

    private static Tree config(Invocation call) throws CommandException {
        try {
            return call.daemon().get("serve-config");
        } catch (CommandException e) {
            throw new CommandException("getting serve config: " + e.message(), e);
        }
    }

    private static int reset(Invocation call) throws CommandException, UsageException {
        if (!call.words().isEmpty()) {
            throw UsageException.help();
        }
        store(call, Map.of(), "");
        return 0;
    }

    /// Stores a configuration, if nobody has changed it since `etag`.
    static void store(Invocation call, Map<String, ?> config, String etag) throws CommandException {
        try {
            call.daemon().send("POST", "serve-config", Map.of("If-Match", etag), config);
        } catch (DaemonException e) {
            if (e.status() == PRECONDITION_FAILED) {
                call.warn("Another client is changing the serve config; please try again.");
            }
            throw new CommandException("sending serve config: " + e.message(), e);
        }
    }

    private static final int PRECONDITION_FAILED = 412;
}

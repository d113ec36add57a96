package dev.remora.sidecar.cli;

import dev.remora.sidecar.cli.Command.Invocation;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import java.util.Optional;

/// `ping`: whether a peer answers, and over which path.
final class PingCommand {
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private PingCommand() {}

    static Command command() {
        return Command.of(
                        "ping",
                        "Ping a peer and show which path its answers take",
                        "ping <hostname-or-IP>",
                        () ->
                                new Flags()
                                        .number("c", 10, "how many pings at most; 0 for no end")
                                        .duration(
                                                "timeout", "5s", "how long to wait for each answer")
                                        .bool(
                                                "until-direct",
                                                true,
                                                "stop at the first direct answer")
                                        .bool("verbose", false, "tell how the name was found")
                                        .bool(
                                                "tsmp",
                                                false,
                                                "through the tunnel, to the peer's daemon")
                                        .bool(
                                                "icmp",
                                                false,
                                                "through the tunnel, as an ordinary ping")
                                        .bool("peerapi", false, "over HTTP, to the peer's own API")
                                        .number(
                                                "size",
                                                0,
                                                "size of a ping between daemons; 0 for the least"),
                        PingCommand::run)
                .withDetails(
                        """
                        The first answers often come through a relay, while the two nodes look for a direct path. This ends at
                        the first direct answer, or after 10 pings.
                        """);
    }

    private static int run(Invocation call) throws CommandException {
        Optional<String> notRunning =
                Status.first(call.daemon(), call.world(), true).whyNotRunning();
        if (notRunning.isPresent()) {
            call.println(notRunning.get());
            return 1;
        }
        if (call.words().size() != 1 || call.words().getFirst().isEmpty()) {
            throw new CommandException(
                    "usage: " + call.world().program() + " ping <hostname-or-IP>");
        }
        String target = call.words().getFirst();
        Addresses.Found found = Addresses.find(target, call);
        if (found.isSelf()) {
            call.println(found.ip() + " is local Tailscale IP");
            return 0;
        }
        if (call.flags().bool("verbose") && !found.ip().equals(target)) {
            log(call, "lookup " + GoText.quote(target) + " => " + GoText.quote(found.ip()));
        }
        return new PingCommand.Series(call, found.ip()).run();
    }

    private static void log(Invocation call, String line) {
        String time =
                DateTimeFormatter.ofPattern("uuuu/MM/dd HH:mm:ss")
                        .withZone(ZoneId.systemDefault())
                        .format(call.world().machine().now());
        call.warn(time + " " + line);
    }

    /// Several pings to one address.
    private record Series(Invocation call, String ip) {
        int run() throws CommandException {
            long count = call.flags().number("c");
            boolean untilDirect = call.flags().bool("until-direct");
            boolean anyAnswer = false;
            for (long n = 1; ; n++) {
                Optional<Tree> answer = ping();
                if (answer.isPresent()) {
                    if (isLast(answer.get(), untilDirect)) {
                        return 0;
                    }
                    anyAnswer = true;
                    call.world().pause(PAUSE);
                } else {
                    call.println("ping " + GoText.quote(ip) + " timed out");
                }
                if (n == count) {
                    return end(anyAnswer, answer.isPresent() && untilDirect);
                }
            }
        }

        private Optional<Tree> ping() throws CommandException {
            String target =
                    "ping?ip="
                            + URLEncoder.encode(ip, StandardCharsets.UTF_8)
                            + "&size="
                            + call.flags().number("size")
                            + "&type="
                            + type();
            Duration timeout = call.flags().duration("timeout");
            if (timeout.isZero()) {
                return Optional.empty(); // to the daemon, zero is no limit
            }
            try {
                return call.daemon()
                        .ask("POST", target, Map.of(), null, timeout)
                        .map(LocalApi.Answer::json);
            } catch (DaemonException e) {
                throw e.isRefusal() ? new CommandException("error " + e.message(), e) : e;
            }
        }

        private String type() {
            if (call.flags().bool("tsmp")) {
                return "TSMP";
            }
            if (call.flags().bool("icmp")) {
                return "ICMP";
            }
            return call.flags().bool("peerapi") ? "peerapi" : "disco";
        }

        /// Prints one answer; says whether no other is wanted.
        private boolean isLast(Tree answer, boolean untilDirect) throws CommandException {
            String error = answer.at("Err").text();
            if (answer.at("IsLocalIP").bool()) {
                call.println(error);
                return true;
            }
            if (!error.isEmpty()) {
                throw new CommandException(error);
            }
            String took = latency(answer);
            if (type().equals("peerapi")) {
                call.println(
                        "hit peerapi of "
                                + answer.at("NodeIP").text()
                                + " ("
                                + answer.at("NodeName").text()
                                + ") at "
                                + answer.at("PeerAPIURL").text()
                                + " in "
                                + took);
                return true;
            }
            long port = answer.at("PeerAPIPort").number();
            call.println(
                    "pong from "
                            + answer.at("NodeName").text()
                            + " ("
                            + answer.at("NodeIP").text()
                            + (port == 0 ? "" : ", " + port)
                            + ") via "
                            + via(answer)
                            + " in "
                            + took);
            boolean isDirect = !answer.at("Endpoint").text().isEmpty();
            return !type().equals("disco") || untilDirect && isDirect;
        }

        private String via(Tree answer) {
            if (!type().equals("disco")) {
                return type();
            }
            String endpoint = answer.at("Endpoint").text();
            if (!endpoint.isEmpty()) {
                return endpoint;
            }
            String relay = answer.at("PeerRelay").text();
            return relay.isEmpty()
                    ? "DERP(" + answer.at("DERPRegionCode").text() + ")"
                    : "peer-relay(" + relay + ")";
        }

        private static String latency(Tree answer) {
            long nanos = (long) (answer.at("LatencySeconds").real() * 1e9);
            return GoDuration.text(GoDuration.round(nanos, 1_000_000));
        }

        private static int end(boolean anyAnswer, boolean missedDirect) throws CommandException {
            if (!anyAnswer) {
                throw new CommandException("no reply");
            }
            if (missedDirect) {
                throw new CommandException("direct connection not established");
            }
            return 0;
        }
    }
}

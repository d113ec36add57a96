package dev.remora.sidecar.cli;

import dev.remora.base.MalformedException;
import dev.remora.sidecar.cli.Command.Invocation;
import dev.remora.sidecar.config.Prefs;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// `up` and `login`: state what is wanted, log in if that needs it, and wait until the node runs.
///
/// `up` takes the whole of the settings each time: a flag that is not given means its default. [RevertCheck] keeps people from losing settings that way.
final class UpCommand {
    /// Health messages that whoever brings a node up should see at once, by a part of each.
    private static final List<String> UP_WORTHY =
            List.of(
                    "Some peers are advertising routes but --accept-routes is false",
                    "Tailscale SSH enabled, but ",
                    "--exit-node has no effect",
                    "this node is locked out",
                    "The following issues on your machine will likely make usage of exit nodes impossible");

    private static final Status NOBODY = new Status(Tree.NOTHING);

    private final Invocation call;
    private final Flags flags;
    private final Status status;

    private UpCommand(Invocation call, Status status) {
        this.call = call;
        this.flags = call.flags();
        this.status = status;
    }

    static Command up() {
        return Command.of(
                        "up",
                        "Connect to a tailnet, logging in if needed",
                        "up [flags]",
                        UpCommand::upFlags,
                        UpCommand::run)
                .withDetails(
                        """
                        Without flags it connects with the settings that there are. With flags it takes them as the whole of the
                        settings, and fails if one that is left out would change; --reset lets those go back to their defaults.
                        """);
    }

    static Command login() {
        return Command.of(
                "login",
                "Log in with another account",
                "login [flags]",
                UpCommand::loginFlags,
                call -> {
                    call.refuseWords();
                    call.daemon().send("PUT", "profiles/", null);
                    return run(call);
                });
    }

    private static Flags commonFlags() {
        Flags flags =
                LoginKey.addTo(new Flags())
                        .duration(
                                "timeout",
                                "0s",
                                "how long to wait until the node runs; 0s for ever")
                        .bool("qr", false, "accepted for scripts; the login URL is printed as text")
                        .text("qr-format", "auto", "accepted for scripts")
                        .onlyTrue("host-routes", "always true");
        PrefFlags.UP.forEach(flag -> flag.addTo(flags, true));
        return flags;
    }

    static Flags upFlags() {
        return commonFlags()
                .bool("reset", false, "settings that are not given go back to their defaults")
                .bool("force-reauth", false, "log in again, although the key is valid")
                .bool("json", false, "print JSON")
                .text("accept-risk", "", "accepted for scripts; nothing is asked here");
    }

    private static Flags loginFlags() {
        Flags flags = commonFlags();
        PrefFlags.NICKNAME.addTo(flags, true);
        return flags;
    }

    private static int run(Invocation call) throws CommandException {
        call.refuseWords();
        Status status = Status.first(call.daemon(), call.world(), true);
        UpCommand up = new UpCommand(call, status);
        Map<String, @Nullable Object> wanted = preferences(call.flags(), Optional.of(status));
        Settings.netfilterWarning(call.flags().text("netfilter-mode")).ifPresent(call::println);
        ForwardingWarnings.print(wanted, call);
        up.apply(wanted, call.daemon().get("prefs"));
        return 0;
    }

    private boolean isSet(String flag) {
        return flags.has(flag) && flags.bool(flag);
    }

    /// The preferences that all flags together stand for.
    ///
    /// @param status what the node and its peers are; empty if nobody knows, then an exit node's name is not looked up
    static Map<String, @Nullable Object> preferences(Flags flags, Optional<Status> status)
            throws CommandException {
        Map<String, @Nullable Object> masked = new LinkedHashMap<>();
        masked.put("WantRunning", true);
        masked.put("WantRunningSet", true);
        masked.put("LoggedOut", false);
        masked.put("LoggedOutSet", true);
        for (PrefFlags flag : PrefFlags.values()) {
            if (flags.has(flag.flag) && (status.isPresent() || flag != PrefFlags.EXIT_NODE)) {
                masked.putAll(flag.wanted(flags, Tree.NOTHING, status.orElse(NOBODY)));
                flag.mask(masked);
            }
        }
        if (flags.bool("exit-node-allow-lan-access") && flags.text("exit-node").isEmpty()) {
            throw new CommandException(
                    "--exit-node-allow-lan-access can only be used with --exit-node");
        }
        Settings.checkHostname(flags.text("hostname"));
        try {
            return Prefs.initial().patched(masked).toTree();
        } catch (MalformedException e) {
            throw new CommandException(e.reason());
        }
    }

    private void apply(Map<String, @Nullable Object> wanted, Tree current) throws CommandException {
        String nickname = current.at("ProfileName").text();
        if (!flags.has(PrefFlags.NICKNAME.flag) && !nickname.isEmpty()) {
            wanted.put("ProfileName", nickname);
        }
        if (!isSet("reset")) {
            new RevertCheck(call, status).check(wanted, current);
        }
        boolean newServer =
                !Servers.same(
                        current.at("ControlURL").text(), new Tree(wanted).at("ControlURL").text());
        if (newServer && status.isRunning() && !isSet("force-reauth")) {
            throw new CommandException("can't change --login-server without --force-reauth");
        }
        if (isEditOnly(wanted, current, newServer)) {
            call.daemon().send("PATCH", "prefs", masked(wanted));
        } else {
            connect(wanted, current);
        }
        printUpWorthyHealth();
    }

    private boolean isEditOnly(
            Map<String, @Nullable Object> wanted, Tree current, boolean newServer) {
        boolean newTags =
                !current.at("AdvertiseTags")
                        .texts()
                        .equals(new Tree(wanted).at("AdvertiseTags").texts());
        return status.isRunning()
                && flags.has("reset")
                && !isSet("force-reauth")
                && flags.text("auth-key").isEmpty()
                && !newTags
                && !newServer;
    }

    /// The settings whose flags were given, or all of them with `--reset`.
    private Map<String, @Nullable Object> masked(Map<String, @Nullable Object> wanted) {
        Map<String, @Nullable Object> masked = new LinkedHashMap<>(wanted);
        masked.put("WantRunningSet", true);
        for (PrefFlags flag : PrefFlags.UP) {
            if (isSet("reset") || flags.isGiven(flag.flag)) {
                flag.mask(masked);
            }
        }
        return masked;
    }

    private void connect(Map<String, @Nullable Object> wanted, Tree current)
            throws CommandException {
        String account = current.at("Config").at("UserProfile").at("LoginName").text();
        boolean asItIs =
                flags.given().isEmpty()
                        && !account.isEmpty()
                        && !status.state().equals("NeedsLogin");
        try (IpnBus bus = call.daemon().watch(0)) {
            bus.limit(flags.duration("timeout"));
            if (asItIs) {
                call.daemon()
                        .send(
                                "PATCH",
                                "prefs",
                                Map.of("WantRunning", true, "WantRunningSet", true));
            } else {
                start(wanted);
            }
            new LoginWatch(call, status, new Tree(wanted).at("ControlURL").text()).await(bus);
        }
    }

    private void start(Map<String, @Nullable Object> wanted) throws CommandException {
        SetCommand.check(wanted, call.daemon());
        Map<String, @Nullable Object> options = new LinkedHashMap<>();
        options.put("FrontendLogID", "");
        options.put("UpdatePrefs", wanted);
        Tree settings = new Tree(wanted);
        options.put(
                "AuthKey",
                LoginKey.of(
                        flags,
                        settings.at("AdvertiseTags").texts(),
                        settings.at("ControlURL").text()));
        call.daemon().send("POST", "start", options);
        if (isSet("force-reauth") || !status.tree().at("HaveNodeKey").bool()) {
            call.daemon().send("POST", "login-interactive", null);
        }
    }

    private void printUpWorthyHealth() throws CommandException {
        List<String> worthy = new ArrayList<>();
        for (String text : Status.withoutPeers(call.daemon()).health()) {
            if (UP_WORTHY.stream().anyMatch(text::contains)) {
                worthy.add(text);
            }
        }
        worthy.forEach(call::println);
    }
}

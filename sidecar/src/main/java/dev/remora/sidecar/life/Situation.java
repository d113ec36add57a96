package dev.remora.sidecar.life;

import dev.remora.io.control.ControlState;
import dev.remora.io.control.Reason;
import dev.remora.node.NodeStatus;
import java.util.List;
import java.util.Optional;

/// How the node stands, in a code for programs and a sentence for people: the same wherever it is told.
///
/// @param state as the status names it, such as `Running`
/// @param code stays the same from version to version: `running`, `auth-key-used`, `approval-pending` and so on
/// @param sentence what is the matter and what to do; empty while all is well
/// @param hasAddresses the node has addresses on the tailnet, and its key is good
/// @param control what is the matter with the control server; empty while it answers
/// @param hasPath a relay connection or a session with a peer stands
/// @param hasLogin there is a node key to come back with
/// @param isRefused nothing helps but another key, or somebody on the server
/// @param tags that the control server gives this node
public record Situation(
        String state,
        String code,
        String sentence,
        boolean hasAddresses,
        Optional<Trouble> control,
        boolean hasPath,
        boolean hasLogin,
        boolean isRefused,
        List<String> tags) {
    public static final String RUNNING = "running";
    public static final String STATE_UNUSABLE = "state-unusable";
    static final String APPROVAL_PENDING = "approval-pending";
    static final String ADMISSION =
            "An administrator has to admit this node on the control server.";
    static final String STATE_CLONED = "state-cloned";
    private static final String LOGGED_OUT = "logged-out";

    /// Something that does not work.
    public record Trouble(String code, String sentence) {}

    /// Peers can reach this node, whatever else is the matter with it.
    public boolean isRunning() {
        return state.equals(RunState.RUNNING.toString());
    }

    /// @param noState why there is no state, in a sentence
    /// @param twin how another node uses our keys, in a sentence
    /// @param hasLogin there is a node key
    /// @param warnings those that hold now
    static Situation of(
            Optional<String> noState,
            Optional<String> twin,
            RunState state,
            boolean hasLogin,
            Membership membership,
            NodeStatus node,
            List<Warning> warnings) {
        String code = noState.isPresent() ? STATE_UNUSABLE : code(state, twin, membership);
        return new Situation(
                state.toString(),
                code,
                noState.orElseGet(() -> sentence(code, twin, membership, warnings)),
                noState.isEmpty()
                        && state != RunState.NEEDS_LOGIN
                        && membership.netMap().isPresent(),
                control(membership),
                Liveness.any(node),
                hasLogin,
                membership.needsPerson(),
                membership.netMap().map(map -> map.self().tags()).orElse(List.of()));
    }

    private static Optional<Trouble> control(Membership membership) {
        if (membership.isConnected()) {
            return Optional.empty();
        }
        return membership
                .failure()
                .map(failed -> new Trouble(failed.reason().code(), failed.sentence()))
                .or(() ->
                        Optional.of(new Trouble("waiting", "The control server does not answer.")));
    }

    /// The same of a node that is about to go: nobody is to come any more.
    Situation ending() {
        return new Situation(
                state,
                "ending",
                "The node is ending.",
                false,
                control,
                hasPath,
                hasLogin,
                isRefused,
                tags);
    }

    /// The same of a node that is as it was before, since `trouble` keeps what the settings say from being done.
    Situation with(Trouble trouble) {
        return code.equals(LOGGED_OUT) || code.equals(RUNNING)
                ? new Situation(
                        state,
                        trouble.code(),
                        trouble.sentence(),
                        hasAddresses,
                        control,
                        hasPath,
                        hasLogin,
                        isRefused,
                        tags)
                : this;
    }

    private static String code(RunState state, Optional<String> twin, Membership membership) {
        Optional<Reason> failure = membership.failure().map(ControlState.Failed::reason);
        return switch (state) {
            case RUNNING -> twin.isPresent() ? STATE_CLONED : RUNNING;
            case STOPPED -> "stopped";
            case NEEDS_MACHINE_AUTH -> APPROVAL_PENDING;
            case NEEDS_LOGIN -> loginCode(membership);
            case NO_STATE, STARTING -> failure.map(Reason::code).orElse("starting");
        };
    }

    /// Why somebody or something has to log this node in.
    static String loginCode(Membership membership) {
        Optional<Reason> failure = membership.failure().map(ControlState.Failed::reason);
        if (failure.isPresent()) {
            return failure.get().code();
        }
        if (membership.isDeleted()) {
            return Reason.NODE_GONE.code();
        }
        if (membership.control() instanceof ControlState.NeedsLogin(var why, _)) {
            return switch (why) {
                case NEW -> "auth-key-missing";
                case KEY_EXPIRED -> "node-key-expired";
                case NODE_GONE -> Reason.NODE_GONE.code();
                case LOGGED_OUT -> LOGGED_OUT;
            };
        }
        return LOGGED_OUT;
    }

    private static String sentence(
            String code, Optional<String> twin, Membership membership, List<Warning> warnings) {
        return switch (code) {
            case RUNNING -> "";
            case STATE_CLONED -> twin.orElse("");
            case APPROVAL_PENDING -> ADMISSION;
            case "auth-key-missing" ->
                    membership.authUrl().isEmpty()
                            ? "There is no auth key, and nobody has logged this node in."
                            : "There is no auth key; to log this node in, visit "
                                    + membership.authUrl();
            default ->
                    warnings.stream()
                            .filter(warning ->
                                    warning.code().equals("login-state")
                                            || warning.code().equals("wantrunning-false"))
                            .map(Warning::text)
                            .findFirst()
                            .orElseGet(() ->
                                    membership
                                            .failure()
                                            .map(ControlState.Failed::sentence)
                                            .orElse("The node is starting."));
        };
    }
}

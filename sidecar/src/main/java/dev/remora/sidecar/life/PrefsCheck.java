package dev.remora.sidecar.life;

import dev.remora.base.IpPrefix;
import dev.remora.base.MalformedException;
import dev.remora.io.control.ControlUrl;
import dev.remora.sidecar.config.Prefs;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// What preferences cannot be, whatever each of them is for itself.
final class PrefsCheck {
    private static final Pattern TAG = Pattern.compile("tag:[A-Za-z][A-Za-z0-9-]*");

    private PrefsCheck() {}

    /// What is wrong, in a sentence for people; empty if all is well.
    static Optional<String> of(Prefs prefs) {
        for (String tag : prefs.advertiseTags()) {
            if (!TAG.matcher(tag).matches()) {
                return Optional.of(
                        "\""
                                + tag
                                + "\" is no tag: it must look like tag:name, a letter first, then letters, digits and dashes");
            }
        }
        return controlUrl(prefs).or(() -> routes(prefs));
    }

    private static Optional<String> controlUrl(Prefs prefs) {
        try {
            if (!prefs.controlUrl().isEmpty()) {
                ControlUrl.parse(prefs.controlUrl());
            }
            return Optional.empty();
        } catch (MalformedException e) {
            return Optional.of(e.reason());
        }
    }

    private static Optional<String> routes(Prefs prefs) {
        List<IpPrefix> routes = prefs.advertiseRoutes();
        for (IpPrefix route : routes) {
            if (!route.isMasked()) {
                return Optional.of(route + " has non-address bits set; expected " + route.masked());
            }
        }
        long defaults = routes.stream().filter(route -> route.bits() == 0).distinct().count();
        if (defaults == 1) {
            return Optional.of("0.0.0.0/0 and ::/0 can only be advertised together");
        }
        boolean usesExitNode = !prefs.exitNodeId().isEmpty() || !prefs.exitNodeIp().isEmpty();
        return defaults == 2 && usesExitNode
                ? Optional.of(
                        "Cannot advertise an exit node and use an exit node at the same time.")
                : Optional.empty();
    }
}

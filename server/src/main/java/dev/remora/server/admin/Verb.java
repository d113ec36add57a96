package dev.remora.server.admin;

import dev.remora.server.policy.PolicyException;
import dev.remora.server.tailnet.Actor;
import dev.remora.server.tailnet.Refused;
import java.io.IOException;

/// One thing that can be asked for; its answer is a JSON value.
interface Verb {
    Object run(Parameters parameters, Actor actor) throws Refused, PolicyException, IOException;
}

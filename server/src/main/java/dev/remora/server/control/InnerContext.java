package dev.remora.server.control;

import dev.remora.crypto.Aead;
import dev.remora.crypto.MachinePrivateKey;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/// What all connections of one control server share.
///
/// @param bodies what requests of all connections take until they are read
/// @param threads starts a virtual thread for each task
record InnerContext(
        ControlSettings settings,
        MachinePrivateKey key,
        Aead aead,
        RandomGenerator random,
        InnerApp app,
        Strangers strangers,
        SourceLimit handshakes,
        Refusals refusals,
        Bodies bodies,
        Executor threads) {
    private static final long MOST_BODIES = 64 << 20;

    static InnerContext of(
            ControlSettings settings,
            MachinePrivateKey key,
            RandomGenerator random,
            InnerApp app,
            Refusals refusals,
            LongSupplier clock,
            Executor threads) {
        return new InnerContext(
                settings,
                key,
                Aead.best(),
                random,
                app,
                new Strangers(settings.places().most(), settings.places().perSource()),
                new SourceLimit(settings.rates().handshakes(), clock),
                refusals,
                new Bodies(MOST_BODIES),
                threads);
    }
}

package dev.remora.server.control;

import dev.remora.crypto.MachinePrivateKey;
import dev.remora.server.http.Routes;
import dev.remora.server.netmap.MapService;
import dev.remora.server.tailnet.Tailnet;
import java.security.SecureRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.LongSupplier;

/// The control server: what it serves, and under which paths.
public final class ControlRoutes {
    private ControlRoutes() {}

    public static Routes of(
            Tailnet tailnet,
            MapService maps,
            MachinePrivateKey noiseKey,
            ControlSettings settings) {
        return of(tailnet, maps, noiseKey, settings, new Refusals(System::nanoTime));
    }

    /// @param noiseKey clients remember it until they end, so it must outlive the process
    /// @param refusals counts who was refused what
    public static Routes of(
            Tailnet tailnet,
            MapService maps,
            MachinePrivateKey noiseKey,
            ControlSettings settings,
            Refusals refusals) {
        LongSupplier clock = System::nanoTime;
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        MachineRoutes app = new MachineRoutes(tailnet, maps, settings, refusals, clock);
        InnerContext context =
                InnerContext.of(
                        settings, noiseKey, new SecureRandom(), app, refusals, clock, threads);
        ControlPages pages = new ControlPages(tailnet, noiseKey.publicKey(), settings, threads);
        return pages.routes().withUpgrade("/ts2021", new Ts2021(context));
    }
}

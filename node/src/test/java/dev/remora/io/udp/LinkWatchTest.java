package dev.remora.io.udp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.remora.base.IpAddress;
import dev.remora.io.loop.EngineLoop;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class LinkWatchTest {
    @Test
    void loopbackIsAmongTheAddresses() throws Exception {
        assertThat(LocalAddresses.list())
                .anyMatch(a -> a.ip().equals(IpAddress.LOOPBACK_V4) && a.prefixBits() == 8);
    }

    @Test
    @Tag("host")
    void anAddressThatComesOrGoesIsTold() throws Exception {
        assumeTrue(
                Files.isWritable(Path.of("/proc/sys/net")),
                "adding an address to loopback needs root");
        Semaphore told = new Semaphore(0);
        try (EngineLoop loop = EngineLoop.start("test-loop")) {
            LinkWatch watch = LinkWatch.start(loop, told::release);
            loop.netty().submit(() -> {}).get();
            ip("add");
            assertThat(told.tryAcquire(5, TimeUnit.SECONDS)).isTrue();
            ip("del");
            assertThat(told.tryAcquire(5, TimeUnit.SECONDS)).isTrue();
            loop.netty().submit(watch::close).get();
        }
    }

    private static void ip(String verb) throws Exception {
        Process process =
                new ProcessBuilder("ip", "addr", verb, "127.77.0.9/32", "dev", "lo").start();
        assertThat(process.waitFor()).isZero();
    }
}

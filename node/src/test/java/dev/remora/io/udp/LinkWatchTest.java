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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LinkWatchTest {
    @Test
    void loopbackIsAmongTheAddresses() throws Exception {
        assertThat(LocalAddresses.list())
                .anyMatch(a -> a.ip().equals(IpAddress.LOOPBACK_V4) && a.prefixBits() == 8);
    }

    @ParameterizedTest(name = "portable {0}")
    @ValueSource(booleans = {false, true})
    @Tag("host")
    void anAddressThatComesOrGoesIsTold(boolean portable) throws Exception {
        assumeTrue(isRoot(), "adding an address to loopback needs root");
        Semaphore told = new Semaphore(0);
        try (EngineLoop loop =
                portable ? EngineLoop.startPortable("test") : EngineLoop.start("test")) {
            LinkWatch watch = loop.netty().submit(() -> LinkWatch.start(loop, told::release)).get();
            ip("add");
            try {
                assertThat(told.tryAcquire(10, TimeUnit.SECONDS)).isTrue();
            } finally {
                ip("del");
            }
            assertThat(told.tryAcquire(10, TimeUnit.SECONDS)).isTrue();
            loop.netty().submit(watch::close).get();
        }
    }

    private static boolean isRoot() throws Exception {
        return Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
    }

    private static void ip(String verb) throws Exception {
        Process process =
                new ProcessBuilder("ip", "addr", verb, "127.77.0.9/32", "dev", "lo").start();
        assertThat(process.waitFor()).isZero();
    }
}
